/* loader.c: the second half of the boot sector. Reads the kernel, an ELF file that begins in the
 * disk's second sector, to where its program headers want it, and jumps to it. */

#include "x86.h"
#include "elf.h"

#define SECTOR 512
#define FIRST_SECTOR 1
#define HEADERS ((u8 *)0x10000)

static void wait_for_disk(void)
{
    while ((in8(ATA + 7) & (ATA_BUSY | ATA_READY)) != ATA_READY)
        ;
}

static void read_sector(void *to, u32 sector)
{
    wait_for_disk();
    out8(ATA + 2, 1);
    out8(ATA + 3, sector);
    out8(ATA + 4, sector >> 8);
    out8(ATA + 5, sector >> 16);
    out8(ATA + 6, 0xe0 | sector >> 24);
    out8(ATA + 7, ATA_READ);
    wait_for_disk();
    in_words(ATA, to, SECTOR / 2);
}

/* Reads whole sectors, so more than was asked for before and behind: segments are loaded in
 * ascending order, and what is too much is overwritten by the next. */
static void read(u8 *to, u32 offset, u32 count)
{
    u8 *end = to + count;
    to -= offset % SECTOR;
    for (u32 sector = FIRST_SECTOR + offset / SECTOR; to < end; to += SECTOR)
        read_sector(to, sector++);
}

void load_kernel(void)
{
    struct elf_header *elf = (struct elf_header *)HEADERS;
    read(HEADERS, 0, 8 * SECTOR);
    if (elf->magic != ELF_MAGIC)
        return;
    struct program_header *segment = (struct program_header *)(HEADERS + elf->program_headers);
    for (u32 left = elf->program_header_count; left > 0; left--, segment++) {
        if (segment->type != PT_LOAD)
            continue;
        read((u8 *)segment->physical, segment->offset, segment->file_size);
        for (u32 at = segment->file_size; at < segment->memory_size; at++)
            ((u8 *)segment->physical)[at] = 0;
    }
    ((void (*)(void))elf->entry)();
}

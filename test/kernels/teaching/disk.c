/* disk.c: the first ATA disk by PIO, one sector at a time. The disk interrupts when it is done;
 * other processes run until then. */

#include "kernel.h"

volatile u32 disk_interrupts;
static volatile int busy, done;
static volatile u8 status;

/* Reading the status takes back the interrupt. */
void disk_interrupt(void)
{
    status = in8(ATA + 7);
    disk_interrupts++;
    done = 1;
    wake(&done);
}

static void wait_for_disk(void)
{
    while (!done)
        sleep_on(&done);
    done = 0;
}

static void command(u32 sector, u8 code)
{
    while (in8(ATA + 7) & ATA_BUSY)
        ;
    done = 0;
    out8(ATA_CONTROL, 0); /* interrupts on */
    out8(ATA + 2, 1);
    out8(ATA + 3, sector);
    out8(ATA + 4, sector >> 8);
    out8(ATA + 5, sector >> 16);
    out8(ATA + 6, 0xe0 | (sector >> 24 & 0xf));
    out8(ATA + 7, code);
}

/* What the disk tells of itself, without interrupts; and that there is no second one. */
void disk_start(void)
{
    static u16 identity[SECTOR / 2];
    out8(ATA_CONTROL, 2);
    out8(ATA + 6, 0xe0);
    while ((in8(ATA + 7) & (ATA_BUSY | ATA_READY)) != ATA_READY)
        ;
    out8(ATA + 7, ATA_IDENTIFY);
    while ((in8(ATA + 7) & (ATA_BUSY | ATA_WANTS_DATA)) != ATA_WANTS_DATA)
        ;
    in_words(ATA, identity, SECTOR / 2);
    u32 sectors = identity[60] | identity[61] << 16;
    print("The disk has %u sectors.\n", sectors);
    check((identity[0] & 0x8000) == 0 && (identity[49] & 0x200), "it is a disk, and knows LBA");

    /* Two sectors by one command. */
    static u16 two[SECTOR];
    out8(ATA + 2, 2);
    out8(ATA + 3, 0);
    out8(ATA + 4, 0);
    out8(ATA + 5, 0);
    out8(ATA + 6, 0xe0);
    out8(ATA + 7, ATA_READ);
    for (u32 half = 0; half < 2; half++) {
        while ((in8(ATA + 7) & (ATA_BUSY | ATA_WANTS_DATA)) != ATA_WANTS_DATA)
            ;
        in_words(ATA, two + half * SECTOR / 2, SECTOR / 2);
    }
    check(two[255] == 0xaa55 && two[256] == 0x457f && !(in8(ATA + 7) & ATA_WANTS_DATA),
          "the boot sector is there, and the kernel behind it");

    u32 told = 0;
    out8(ATA + 6, 0xf0);
    for (u32 patience = 1000; patience > 0; patience--)
        told |= in8(ATA + 7);
    out8(ATA + 6, 0xe0);
    check(told == 0, "there is no second disk");
}

/* 0, or -1 when the disk tells of an error. */
int disk_transfer(u32 sector, void *data, int write)
{
    while (busy)
        sleep_on(&busy);
    busy = 1;
    command(sector, write ? ATA_WRITE : ATA_READ);
    if (write) {
        /* The disk asks for the data of the first sector without an interrupt. */
        while ((status = in8(ATA_CONTROL)) & ATA_BUSY)
            ;
        if (!(status & ATA_FAILED)) {
            out_words(ATA, data, SECTOR / 2);
            wait_for_disk();
        }
        if (!(status & ATA_FAILED)) {
            command(0, ATA_FLUSH);
            wait_for_disk();
        }
    } else {
        wait_for_disk();
        if (!(status & ATA_FAILED))
            in_words(ATA, data, SECTOR / 2);
    }
    int result = status & ATA_FAILED ? -1 : 0;
    busy = 0;
    wake(&busy);
    return result;
}

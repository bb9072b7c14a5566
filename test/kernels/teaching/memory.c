/* memory.c: frames of 4 KBytes between the kernel's end and 16 MBytes, and address spaces. */

#include "kernel.h"

#define MEMORY_END 0x1000000u

extern u8 kernel_end[];
extern page_table kernel_directory;

struct free_page {
    struct free_page *next;
};
static struct free_page *first_free;
static u32 free_count;

void page_free(void *page)
{
    memset(page, 0xcc, PAGE); /* whoever uses it still is to notice */
    struct free_page *free = page;
    free->next = first_free;
    first_free = free;
    free_count++;
}

/* A page of zeroes. */
void *page_new(void)
{
    struct free_page *page = first_free;
    if (!page)
        panic("no memory");
    first_free = page->next;
    free_count--;
    return memset(page, 0, PAGE);
}

u32 pages_free(void)
{
    return free_count;
}

void memory_start(void)
{
    kernel_directory[0] = 0; /* the null pointer is none from now on */
    space_enter(kernel_directory);
    u32 first = ((u32)kernel_end + PAGE - 1) & ~(PAGE - 1);
    for (u32 page = KERNEL_BASE + MEMORY_END - PAGE; page >= first; page -= PAGE)
        page_free((void *)page);
}

/* Every address space has the kernel's half. */
u32 *space_new(void)
{
    u32 *directory = page_new();
    memcpy(directory + 0x300, kernel_directory + 0x300, 0x100 * 4);
    return directory;
}

/* Tables and pages of the processes' half. A shared page has the bit for software that says so. */
void space_free(u32 *directory)
{
    for (u32 i = 0; i < 0x300; i++) {
        if (!(directory[i] & PTE_P))
            continue;
        u32 *table = VIRTUAL(directory[i] & ~0xfff);
        for (u32 j = 0; j < 1024; j++)
            if ((table[j] & PTE_P) && !(table[j] & 0x200))
                page_free(VIRTUAL(table[j] & ~0xfff));
        page_free(table);
    }
    page_free(directory);
}

void map(u32 *directory, u32 address, void *page, u32 flags)
{
    u32 *slot = &directory[address >> 22];
    if (!(*slot & PTE_P))
        *slot = PHYSICAL(page_new()) | PTE_P | PTE_W | PTE_U;
    u32 *table = VIRTUAL(*slot & ~0xfff);
    table[address >> 12 & 0x3ff] = PHYSICAL(page) | flags | PTE_P;
}

/* The page-table entry of an address in the processes' half, 0 where there is no table. */
u32 *entry_of(u32 *directory, u32 address)
{
    u32 slot = directory[address >> 22];
    return address < KERNEL_BASE && (slot & PTE_P)
               ? (u32 *)VIRTUAL(slot & ~0xfff) + (address >> 12 & 0x3ff)
               : 0;
}

void space_enter(u32 *directory)
{
    __asm__ volatile("movl %0, %%cr3" : : "r"(PHYSICAL(directory)) : "memory");
}

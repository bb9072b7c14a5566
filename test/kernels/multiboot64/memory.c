/* memory.c: frames of 4 KBytes from 8 to 16 MBytes, and the 4 levels of page tables. */

#include "kernel.h"

#define FRAMES_BEGIN 0x800000ull
#define FRAMES_END 0x1000000ull

u64 pages_on_demand;

/* A frame of zeroes. */
void *page_new(void)
{
    static u64 next = FRAMES_BEGIN;
    if (next == FRAMES_END)
        panic("no memory");
    u64 *page = VIRTUAL(next);
    next += PAGE;
    for (u32 at = 0; at < 512; at++)
        page[at] = 0;
    return page;
}

static u64 *level4(void)
{
    return VIRTUAL(read_cr3() & ~0xfffull);
}

/* The entry that maps an address, of whatever level; 0 where nothing is mapped. */
u64 *entry_of(u64 address)
{
    u64 *table = level4();
    for (u32 shift = 39;; shift -= 9) {
        u64 *entry = &table[address >> shift & 511];
        if (!(*entry & PTE_P))
            return 0;
        if (shift == 12 || (*entry & PTE_PS))
            return entry;
        table = VIRTUAL(*entry & 0xffffffffff000ull);
    }
}

void map(u64 address, void *page, u64 flags)
{
    u64 *table = level4();
    for (u32 shift = 39; shift > 12; shift -= 9) {
        u64 *entry = &table[address >> shift & 511];
        if (!(*entry & PTE_P))
            *entry = PHYSICAL(page_new()) | PTE_P | PTE_W | PTE_U;
        table = VIRTUAL(*entry & 0xffffffffff000ull);
    }
    table[address >> 12 & 511] = PHYSICAL(page) | flags | PTE_P;
}

/* Whether a page fault was for a page that is to come when it is first used. */
int map_on_demand(u64 address, u64 error)
{
    u64 flags = PTE_W | PTE_NX;
    if (error & PTE_P)
        return 0;
    if (address - USER_DEMAND_BASE < USER_DEMAND_SIZE)
        flags |= PTE_U;
    else if (address - DEMAND_BASE >= DEMAND_SIZE || (error & PTE_U))
        return 0;
    map(address, page_new(), flags);
    pages_on_demand++;
    return 1;
}

/* Loading CR3 drops the translations of what was mapped at 0. */
void forget_low_memory(void)
{
    level4()[0] = 0;
    __asm__ volatile("movq %0, %%cr3" : : "r"(read_cr3()) : "memory");
}

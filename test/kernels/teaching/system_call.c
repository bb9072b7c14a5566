/* system_call.c: what processes may ask for, by INT 0x40 with the number in EAX and arguments in
 * EBX, ECX and EDX. */

#include "kernel.h"
#include "calls.h"

/* Whether a process may access memory: the page tables say so. */
static int may_access(u32 address, u32 size)
{
    if (address + size < address || address + size > KERNEL_BASE)
        return 0;
    for (u32 page = address & ~(PAGE - 1); page < address + size; page += PAGE) {
        u32 *entry = entry_of(current->directory, page);
        if (!entry || (*entry & (PTE_P | PTE_U | PTE_W)) != (PTE_P | PTE_U | PTE_W))
            return 0;
    }
    return 1;
}

void system_call(struct frame *frame)
{
    u32 number = frame->eax, one = frame->ebx, two = frame->ecx;
    frame->eax = ~0u;
    switch (number) {
    case CALL_END:
        process_end(one);
    case CALL_WRITE:
        if (may_access(one, two))
            for (frame->eax = 0; frame->eax < two; frame->eax++)
                put_char(((char *)one)[frame->eax]);
        break;
    case CALL_READ_LINE:
        if (may_access(one, two))
            frame->eax = read_line((char *)one, two);
        break;
    case CALL_READ_SECTOR:
    case CALL_WRITE_SECTOR:
        if (may_access(two, SECTOR))
            frame->eax = disk_transfer(one, (void *)two, number == CALL_WRITE_SECTOR);
        break;
    case CALL_SLEEP:
        for (u32 from = ticks; ticks - from < one;)
            sleep_on(&ticks);
        frame->eax = 0;
        break;
    }
}

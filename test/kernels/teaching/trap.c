/* trap.c: the descriptor tables, and what happens on an interrupt, a fault or a system call. The
 * kernel runs with interrupts off, but where it waits. */

#include "kernel.h"

volatile u32 ticks, interrupts_from_myself;

static u64 gdt[6];
static u64 idt[256];
extern const u32 vector_entries[];
#define VECTORS 65

static struct {
    u32 link, esp0, ss0, others[22];
    u16 trap, io_map;
} __attribute__((packed)) task_state;

/* SDM volume 3, "Segment Descriptors": base, limit, then access and flags as in bits 40 to 55. */
static u64 descriptor(u32 base, u32 limit, u32 access)
{
    u32 low = base << 16 | (limit & 0xffff);
    u32 high = (base & 0xff000000) | (access << 8 & 0xf0ff00) | (limit & 0xf0000);
    high |= base >> 16 & 0xff;
    return (u64)high << 32 | low;
}

static u64 interrupt_gate(u32 entry, u32 privilege)
{
    u32 high = (entry & 0xffff0000) | 0x8e00 | privilege << 13;
    return (u64)high << 32 | KERNEL_CODE << 16 | (entry & 0xffff);
}

struct table_pointer {
    u16 limit;
    u32 base;
} __attribute__((packed));

void traps_start(void)
{
    gdt[1] = descriptor(0, 0xfffff, 0xc09a);
    gdt[2] = descriptor(0, 0xfffff, 0xc092);
    gdt[3] = descriptor(0, 0xfffff, 0xc0fa);
    gdt[4] = descriptor(0, 0xfffff, 0xc0f2);
    gdt[5] = descriptor((u32)&task_state, sizeof task_state - 1, 0x0089);
    struct table_pointer gdtr = { sizeof gdt - 1, (u32)gdt };
    __asm__ volatile("lgdt %0\n\t"
                     "ljmp %1, $1f\n"
                     "1: movl %2, %%ds; movl %2, %%es; movl %2, %%ss\n\t"
                     "movl %3, %%fs; movl %3, %%gs"
                     : : "m"(gdtr), "i"(KERNEL_CODE), "r"(KERNEL_DATA), "r"(0) : "memory");

    task_state.ss0 = KERNEL_DATA;
    task_state.io_map = sizeof task_state; /* beyond the limit: no port is for ring 3 */
    __asm__ volatile("ltr %w0" : : "r"(TASK_STATE));
    check(gdt[5] >> 40 & 2, "LTR has marked the task as busy");

    for (u32 vector = 0; vector < VECTORS; vector++)
        idt[vector] = interrupt_gate(vector_entries[vector], vector == VECTOR_SYSTEM_CALL ? 3 : 0);
    struct table_pointer idtr = { sizeof idt - 1, (u32)idt };
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

void set_kernel_stack(u32 top)
{
    task_state.esp0 = top;
}

/* The stack of a process grows down to 64 KBytes, page by page, where it is first used. */
static int grow_stack(u32 address, u32 error)
{
    if ((error & PTE_P) || address < KERNEL_BASE - 0x10000 || address >= KERNEL_BASE)
        return 0;
    map(current->directory, address, page_new(), PTE_W | PTE_U);
    return 1;
}

static void fault(struct frame *frame)
{
    u32 address = 0;
    if (frame->vector == 14)
        __asm__ volatile("movl %%cr2, %0" : "=r"(address));
    if (!(frame->cs & 3)) {
        print("vector %u, error %x, at %x, address %x\n", frame->vector, frame->error, frame->eip,
              address);
        panic("a fault in the kernel");
    }
    if (frame->vector == 14 && grow_stack(address, frame->error))
        return;
    current->vector = frame->vector;
    current->error = frame->error;
    current->address = address;
    process_end(-1);
}

void trap(struct frame *frame)
{
    switch (frame->vector) {
    case VECTOR_SYSTEM_CALL:
        system_call(frame);
        return;
    case VECTOR_TIMER:
        ticks++;
        wake(&ticks);
        end_of_interrupt();
        if (frame->cs & 3) {
            current->preempted++;
            yield();
        }
        return;
    case VECTOR_IRQ + IRQ_KEYBOARD:
        keyboard_interrupt();
        break;
    case VECTOR_IRQ + IRQ_COM1:
        serial_interrupt();
        break;
    case VECTOR_IRQ + IRQ_ATA:
        disk_interrupt();
        break;
    case VECTOR_MYSELF:
        interrupts_from_myself++;
        break;
    case VECTOR_SPURIOUS:
        return;
    default:
        fault(frame);
        return;
    }
    end_of_interrupt();
}

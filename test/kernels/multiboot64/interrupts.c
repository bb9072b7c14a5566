/* interrupts.c: the descriptor tables, the 8259 pair, the PIT, and what happens on a vector. */

#include "kernel.h"

volatile u64 ticks;
struct frame last_fault;
u64 last_fault_address;

extern const u64 vector_entries[];
extern u64 recovery_stack;
extern void recover(void);

#define VECTORS 48
#define VECTOR_TIMER 32
#define BREAKPOINT 3
#define DOUBLE_FAULT 8
#define PAGE_FAULT 14

static u64 gdt[8];
static struct {
    u64 low, high;
} idt[256];
static struct {
    u32 reserved;
    u64 rsp[3], reserved_too, ist[7], reserved_three;
    u16 reserved_four, io_map;
} __attribute__((packed)) task_state;
static u8 other_stack[4096] __attribute__((aligned(16)));

struct table_pointer {
    u16 limit;
    u64 base;
} __attribute__((packed));

static void gate(u32 vector, u32 privilege, u32 stack)
{
    u64 entry = vector_entries[vector];
    idt[vector].low = (entry & 0xffff) | KERNEL_CODE << 16 | (u64)stack << 32 |
                      (u64)(0x8e | privilege << 5) << 40 | (entry >> 16 & 0xffff) << 48;
    idt[vector].high = entry >> 32;
}

static void descriptors(void)
{
    u64 base = (u64)&task_state, limit = sizeof task_state - 1;
    gdt[1] = 0x00af9a000000ffff; /* kernel: code, data */
    gdt[2] = 0x00cf92000000ffff;
    gdt[3] = 0x00cffa000000ffff; /* ring 3: 32-bit code, data, 64-bit code */
    gdt[4] = 0x00cff2000000ffff;
    gdt[5] = 0x00affa000000ffff;
    gdt[6] = limit | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
    gdt[7] = base >> 32;
    struct table_pointer gdtr = { sizeof gdt - 1, (u64)gdt };
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1; leaq 1f(%%rip), %%rax; pushq %%rax; lretq\n"
                     "1: movl %2, %%ds; movl %2, %%es; movl %2, %%ss"
                     : : "m"(gdtr), "i"(KERNEL_CODE), "r"(KERNEL_DATA) : "rax", "memory");
    task_state.ist[0] = (u64)(other_stack + sizeof other_stack);
    task_state.io_map = sizeof task_state;
    __asm__ volatile("ltr %w0" : : "r"(TASK_STATE));
}

void interrupts_start(void)
{
    descriptors();
    for (u32 vector = 0; vector < VECTORS; vector++)
        gate(vector, vector == BREAKPOINT ? 3 : 0,
             vector == DOUBLE_FAULT || vector == BREAKPOINT ? 1 : 0);
    struct table_pointer idtr = { sizeof idt - 1, (u64)idt };
    __asm__ volatile("lidt %0" : : "m"(idtr));
}

void set_kernel_stack(u64 top)
{
    task_state.rsp[0] = top;
}

/* The 8259 pair at vectors 32 to 47, all masked but the timer; the PIT at 1000 Hz. */
void timer_start(void)
{
    static const u8 commands[][2] = {
        { 0x20, 0x11 }, { 0xa0, 0x11 }, /* four bytes follow, cascade, edges */
        { 0x21, 32 },   { 0xa1, 40 },
        { 0x21, 4 },    { 0xa1, 2 },    /* the second hangs on input 2 */
        { 0x21, 1 },    { 0xa1, 1 },
        { 0x21, 0xfe }, { 0xa1, 0xff },
    };
    for (u32 at = 0; at < sizeof commands / 2; at++)
        out8(commands[at][0], commands[at][1]);
    u32 count = 1193182 / 1000;
    out8(0x43, 0x34);
    out8(0x40, count);
    out8(0x40, count >> 8);
}

static void fault(struct frame *frame)
{
    u64 address = frame->vector == PAGE_FAULT ? read_cr2() : 0;
    if (frame->vector == PAGE_FAULT && map_on_demand(address, frame->error))
        return;
    last_fault = *frame;
    last_fault_address = address;
    if (frame->cs & 3)
        program_end(-1);
    if (!recovery_stack) {
        print("vector %lu, error %lx, at %lx, address %lx\n", (unsigned long)frame->vector,
              (unsigned long)frame->error, (unsigned long)frame->rip, (unsigned long)address);
        panic("a fault in the kernel");
    }
    frame->rip = (u64)recover;
    frame->rsp = recovery_stack;
}

void interrupt(struct frame *frame)
{
    if (frame->vector == VECTOR_TIMER) {
        ticks++;
        out8(0x20, 0x20);
        preemptions++;
        thread_yield();
    } else if (frame->vector == BREAKPOINT) {
        last_fault = *frame;
        u64 here = (u64)frame; /* on the stack of the interrupt stack table? */
        last_fault_address = here - (u64)other_stack < sizeof other_stack;
    } else {
        fault(frame);
    }
}

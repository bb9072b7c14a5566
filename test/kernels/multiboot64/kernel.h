/* What the kernel's files offer each other. */
#ifndef KERNEL_H
#define KERNEL_H

#include "x86.h"

#define KERNEL_BASE 0xffffffff80000000ull
#define PAGE 4096ull
#define PHYSICAL(address) ((u64)(address)-KERNEL_BASE)
#define VIRTUAL(address) ((void *)((u64)(address) + KERNEL_BASE))

/* main.c: each check is a line, and a failed one decides the exit status. */
void check(int holds, const char *claim);
void panic(const char *why) __attribute__((noreturn));

/* console.c: COM1 and the text screen show the same. */
void console_start(void);
void put_char(char c);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* boot_info.c: what the loader has told. */
struct boot_info {
    const char *loader, *command_line;
    const char *module;
    u64 module_size;
    u32 modules, ranges;
    int low_usable, high_usable;
};
extern struct boot_info boot_info;
void boot_info_read(u32 magic, u32 information);
const char *find(const char *text, const char *word);

/* memory.c */
#define DEMAND_BASE 0xffff900000000000ull
#define DEMAND_SIZE (1ull << 39)
#define USER_DEMAND_BASE 0x10000000ull
#define USER_DEMAND_SIZE 0x10000000ull
extern u64 pages_on_demand;
void *page_new(void);
void map(u64 address, void *page, u64 flags);
u64 *entry_of(u64 address);
int map_on_demand(u64 address, u64 error);
void forget_low_memory(void);

/* interrupts.c: descriptor tables, the 8259 pair and the PIT. */
struct frame {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    u64 vector, error;
    u64 rip, cs, rflags, rsp, ss;
};
extern volatile u64 ticks;
extern struct frame last_fault;
extern u64 last_fault_address;
void interrupts_start(void);
void timer_start(void);
void set_kernel_stack(u64 top);
/* Calls a function, and comes back when it faults: 0, or 1 with last_fault. */
int faults(void (*function)(void *), void *argument);

/* thread.c: kernel threads with registers of x87 and SSE of their own. */
void threads_start(int prefer_fxsave);
void thread_new(void (*function)(void *), void *argument);
void thread_end(void) __attribute__((noreturn));
void thread_yield(void);
void run_threads(void);
extern u64 preemptions;

/* system_call.c and ring3.S */
void system_calls_start(void);
/* Runs the program in ring 3 until it ends: what it ends with, or -1 after a fault. */
int run_program(u64 entry, u64 stack, u64 argument);
void program_end(int status) __attribute__((noreturn));

/* numbers.c and decimal.c: the files that use SSE2. */
void numbers(void);
void statistics(const char *text, u64 size);
void check_threads(void);
void print_double(const char *name, double value);

static inline void wait_for_interrupt(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

#endif

/* What the kernel's files offer each other. */
#ifndef KERNEL_H
#define KERNEL_H

#include "x86.h"

#define KERNEL_BASE 0xc0000000u
#define PAGE 4096u
#define SECTOR 512u

#define PHYSICAL(address) ((u32)(address)-KERNEL_BASE)
#define VIRTUAL(address) ((void *)((u32)(address) + KERNEL_BASE))

/* main.c: the kernel's own checks. Each is a line, and a failed one decides the exit status. */
void check(int holds, const char *claim);
void finish(void) __attribute__((noreturn));
void panic(const char *why) __attribute__((noreturn));

/* console.c: COM1 and the text screen show the same; lines come from COM1 and the keyboard. */
void console_start(void);
void put_char(char c);
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
u32 read_line(char *to, u32 size);
void serial_interrupt(void);
void keyboard_interrupt(void);
extern volatile u32 serial_interrupts, keyboard_interrupts;
extern volatile u8 last_scan_code;

/* string.c */
void *memset(void *to, int value, u32 count);
void *memcpy(void *to, const void *from, u32 count);
int memcmp(const void *one, const void *other, u32 count);

/* apic.c: interrupts by the local APIC and the I/O APIC, which the MP table tells of. */
#define VECTOR_IRQ 32
#define VECTOR_TIMER 48
#define VECTOR_MYSELF 50
#define VECTOR_SPURIOUS 63
enum { IRQ_KEYBOARD = 1, IRQ_COM1 = 4, IRQ_ATA = 14 };
void find_apics(void);
void local_apic_start(void);
void end_of_interrupt(void);
void route(u32 irq);
void interrupt_myself(u32 vector);

/* memory.c: pages of 4 KBytes and address spaces made of them. */
typedef u32 page_table[1024];
void memory_start(void);
void *page_new(void);
void page_free(void *page);
u32 pages_free(void);
u32 *space_new(void);
void space_free(u32 *directory);
void map(u32 *directory, u32 address, void *page, u32 flags);
u32 *entry_of(u32 *directory, u32 address);
void space_enter(u32 *directory);

/* trap.c: descriptor tables; every interrupt, fault and system call comes by trap(). */
struct frame {
    u32 edi, esi, ebp, unused_esp, ebx, edx, ecx, eax;
    u32 gs, fs, es, ds;
    u32 vector, error;
    u32 eip, cs, eflags;
    u32 esp, ss; /* only from ring 3 */
};
#define VECTOR_SYSTEM_CALL 0x40
void traps_start(void);
void set_kernel_stack(u32 top);
extern volatile u32 ticks, interrupts_from_myself;

/* process.c */
enum state { FREE, READY, RUNNING, SLEEPING, ENDED };
struct process {
    enum state state;
    u32 id;
    u32 *directory;
    u8 *stack;              /* the page of its kernel stack */
    u32 saved_esp;          /* while it does not run */
    const volatile void *waits_for;
    u32 preempted;          /* how often the timer took the processor from it in ring 3 */
    int status;             /* what it ended with */
    u32 vector, error, address; /* the fault that ended it, if one did */
};
extern struct process *current;
struct process *process_new(void *shared);
void process_end(int status) __attribute__((noreturn));
void yield(void);
void sleep_on(const volatile void *what);
void wake(const volatile void *what);
void run_processes(void);
void process_free(struct process *process);

/* system_call.c */
void system_call(struct frame *frame);

/* disk.c: sectors of the first ATA disk. A process sleeps until the disk interrupts. */
void disk_start(void);
int disk_transfer(u32 sector, void *data, int write);
void disk_interrupt(void);
extern volatile u32 disk_interrupts;

static inline void enable_interrupts(void)
{
    __asm__ volatile("sti" : : : "memory");
}
static inline void disable_interrupts(void)
{
    __asm__ volatile("cli" : : : "memory");
}
/* Sleeps until the next interrupt; the one instruction after STI is executed before it comes. */
static inline void wait_for_interrupt(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

#endif

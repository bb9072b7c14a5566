/* thread.c: kernel threads that the timer takes turns with. A thread has general registers, on its
 * stack, and the registers of x87 and SSE, in an area that FXSAVE or XSAVE fills. */

#include "kernel.h"

#define THREADS 4

u64 preemptions;

static struct thread {
    u64 rsp;
    u8 *stack;
    enum { FREE, READY } state;
    u8 registers[1024] __attribute__((aligned(64)));
} threads[THREADS + 1]; /* the last one is who runs the others */

static struct thread *const first = threads + THREADS;
static struct thread *current = threads + THREADS;
static int by_xsave;
static u8 fresh[1024] __attribute__((aligned(64)));

extern void switch_stacks(u64 *save_rsp, u64 load_rsp);
extern void thread_entry(void);

#define X87_AND_SSE 3

static void save_registers(u8 *area)
{
    if (by_xsave)
        __asm__ volatile("xsave64 (%0)" : : "r"(area), "a"(X87_AND_SSE), "d"(0) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

static void load_registers(const u8 *area)
{
    if (by_xsave)
        __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(X87_AND_SSE), "d"(0) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

void threads_start(int prefer_fxsave)
{
    by_xsave = !prefer_fxsave && (cpuid(1, 0).ecx >> 26 & 1);
    if (by_xsave) {
        u64 cr4;
        __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
        __asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | CR4_OSXSAVE));
        __asm__ volatile("xsetbv" : : "a"(X87_AND_SSE), "d"(0), "c"(0));
        check((cpuid(1, 0).ecx >> 27 & 1) && cpuid(13, 0).ebx == 576,
              "registers of x87 and SSE can be saved");
    } else {
        check(cpuid(1, 0).edx >> 24 & 1, "registers of x87 and SSE can be saved");
    }
    u32 mxcsr = 0x1f80;
    __asm__ volatile("fninit; ldmxcsr %0" : : "m"(mxcsr));
    save_registers(fresh);
}

void thread_new(void (*function)(void *), void *argument)
{
    struct thread *new = threads;
    while (new->state != FREE)
        if (++new == first)
            panic("no room for a thread");
    if (!new->stack)
        new->stack = page_new();
    for (u32 at = 0; at < sizeof fresh; at++)
        new->registers[at] = fresh[at];
    /* What switch_stacks takes from the stack: R15, R14, R13, R12, RBP, RBX, where to go on. */
    u64 *top = (u64 *)(new->stack + PAGE) - 8;
    top[4] = (u64)argument;
    top[5] = (u64)function;
    top[6] = (u64)thread_entry;
    new->rsp = (u64)top;
    new->state = READY;
}

static void switch_to(struct thread *next)
{
    struct thread *last = current;
    if (next == last)
        return;
    save_registers(last->registers);
    load_registers(next->registers);
    current = next;
    switch_stacks(&last->rsp, next->rsp);
}

/* The next one in the circle; who runs the others when there is none. */
void thread_yield(void)
{
    if (current == first)
        return;
    struct thread *next = current;
    do
        next = next == threads + THREADS - 1 ? threads : next + 1;
    while (next->state != READY && next != current);
    switch_to(next->state == READY ? next : first);
}

void thread_end(void)
{
    current->state = FREE;
    thread_yield();
    switch_to(first);
    panic("a thread came back");
}

/* Until all have ended. Called with interrupts off. */
void run_threads(void)
{
    for (struct thread *next = threads; next < first; next++)
        if (next->state == READY)
            switch_to(next);
}

/* system_call.c: what the program in ring 3 may ask for. */

#include "kernel.h"

/* What GS points at in the kernel. */
static struct {
    u64 kernel_stack, user_stack;
} per_processor;
static u8 call_stack[8192] __attribute__((aligned(16)));

extern void system_call_entry(void);
extern void leave_program(int status) __attribute__((noreturn));

void system_calls_start(void)
{
    per_processor.kernel_stack = (u64)(call_stack + sizeof call_stack);
    write_msr(MSR_GS_BASE, (u64)&per_processor);
    write_msr(MSR_KERNEL_GS_BASE, 0);
    write_msr(MSR_STAR, (u64)USER_BASE << 48 | (u64)KERNEL_CODE << 32);
    write_msr(MSR_LSTAR, (u64)system_call_entry);
    write_msr(MSR_FMASK, FLAGS_IF | FLAGS_DF);
}

/* From a system call GS is the kernel's already, from an interrupt it is not. */
void program_end(int status)
{
    write_msr(MSR_GS_BASE, (u64)&per_processor);
    write_msr(MSR_KERNEL_GS_BASE, 0);
    leave_program(status);
}

u64 system_call(u64 one, u64 two, u64 three, u64 number)
{
    (void)three;
    switch (number) {
    case 0:
        program_end(one);
    case 1:
        if (one + two < one || one + two > USER_DEMAND_BASE + USER_DEMAND_SIZE)
            return -1;
        for (u64 at = 0; at < two; at++)
            put_char(((const char *)one)[at]);
        return two;
    case 2:
        return ticks;
    }
    return -1;
}

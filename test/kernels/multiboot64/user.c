/* user.c: the program in ring 3. It computes with SSE2 and knows the kernel by SYSCALL alone. */

#include "x86.h"

__asm__(".section .text.start, \"ax\"\n"
        ".globl program\n"
        "program: xorl %ebp, %ebp\n"
        "         call work\n"
        "         movl %eax, %edi\n"
        "         xorl %eax, %eax\n"
        "         syscall\n"
        ".text");

static u64 call(u64 number, u64 one, u64 two)
{
    u64 result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(one), "S"(two)
                     : "rcx", "r11", "memory");
    return result;
}

static u64 length(const char *text)
{
    u64 count = 0;
    while (text[count])
        count++;
    return count;
}

static void say(const char *text)
{
    call(1, (u64)text, length(text));
}

/* Simpson's rule over memory that comes when it is used: 80 pages of doubles. */
static double integral(void)
{
    double *values = (double *)0x10000000;
    enum { STEPS = 40000 };
    for (int at = 0; at <= STEPS; at++) {
        double x = (double)at / STEPS;
        values[at] = 4 / (1 + x * x);
    }
    double sum = values[0] + values[STEPS];
    for (int at = 1; at < STEPS; at++)
        sum += (at & 1 ? 4 : 2) * values[at];
    return sum / (3.0 * STEPS);
}

/* SYSCALL keeps the registers of SSE, and all general ones but RAX, RCX and R11. */
static int registers_stay(void)
{
    u64 kept = 0;
    register u64 r12 __asm__("r12") = 0x1212121212121212;
    register u64 r9 __asm__("r9") = 0x9999999999999999;
    __asm__ volatile("movq %2, %%xmm9\n\t"
                     "movl $2, %%eax\n\t"
                     "syscall\n\t"
                     "movq %%xmm9, %0"
                     : "=r"(kept), "+r"(r9)
                     : "r"(r12)
                     : "rax", "rcx", "r11", "xmm9", "memory");
    return kept == 0x1212121212121212 && r9 == 0x9999999999999999;
}

int work(int what)
{
    int failed = 0;
    switch (what) {
    case 0: {
        say("  ring 3: hello\n");
        double pi = integral();
        if (!(pi > 3.141592653588 && pi < 3.141592653591))
            failed |= 1;
        if (!registers_stay())
            failed |= 2;
        for (u64 from = call(2, 0, 0); call(2, 0, 0) < from + 3;)
            ;
        if (call(77, 0, 0) != (u64)-1 || call(1, 0xffffffff80100000, 4) != (u64)-1)
            failed |= 4;
        return failed;
    }
    case 1:
        __asm__ volatile("hlt");
        break;
    case 2:
        *(volatile u64 *)0xffffffff80200000 = 1;
        break;
    case 3:
        *(volatile u64 *)0x8000000000000000 = 1; /* not canonical */
        break;
    case 4: /* data is not to be executed */
        *(volatile u8 *)0x10000000 = 0xc3;
        ((void (*)(void))0x10000000)();
        break;
    }
    return failed;
}

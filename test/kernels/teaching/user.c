/* user.c: the program of every process, in ring 3. What it does depends on its number. */

#include "x86.h"
#include "calls.h"

#define SECTOR 512
#define ROUNDS 6
#define FIRST_OWN_SECTOR 2000

/* One page that processes 1 and 2 share. */
static volatile struct shared {
    u32 turn, rounds;
} *const shared = (void *)0x10000000;

__asm__(".section .text.start, \"ax\"\n"
        ".globl start\n"
        "start: pushl %eax\n"
        "       call program\n"
        "       movl %eax, %ebx\n"
        "       xorl %eax, %eax\n" /* CALL_END */
        "       int $0x40\n"
        ".text");

static u32 call(u32 number, u32 one, u32 two)
{
    u32 result;
    __asm__ volatile("int $0x40" : "=a"(result) : "a"(number), "b"(one), "c"(two) : "memory");
    return result;
}

/* ---------------------------------------------------------------- a few functions */

static char line[81];
static u32 length;

static void add(const char *text)
{
    while (*text && length < sizeof line)
        line[length++] = *text++;
}

static void add_number(u32 value, u32 base)
{
    char digits[12], *at = digits + sizeof digits - 1;
    *at = 0;
    do
        *--at = "0123456789abcdef"[value % base];
    while (value /= base);
    add(at);
}

static void say(void)
{
    add("\n");
    call(CALL_WRITE, (u32)line, length);
    length = 0;
}

static u32 fibonacci(u32 n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static u32 prime(u32 n)
{
    u32 found = 1, candidate = 2;
    while (found < n) {
        candidate++;
        u32 divisor = 2;
        while (divisor * divisor <= candidate && candidate % divisor)
            divisor++;
        found += divisor * divisor > candidate;
    }
    return candidate;
}

/* ---------------------------------------------------------------- processes 1 and 2 */

/* Writes a sector of its own while the other process runs, and reads it again. */
static int sector_keeps(u32 me, u32 round)
{
    static u32 written[SECTOR / 4], read[SECTOR / 4];
    for (u32 at = 0; at < SECTOR / 4; at++)
        written[at] = (me << 24 | round << 16) + at;
    if (call(CALL_WRITE_SECTOR, FIRST_OWN_SECTOR + me, (u32)written))
        return 0;
    if (call(CALL_READ_SECTOR, FIRST_OWN_SECTOR + me, (u32)read))
        return 0;
    for (u32 at = 0; at < SECTOR / 4; at++)
        if (read[at] != written[at])
            return 0;
    return 1;
}

/* Who has passed the turn on does nothing but wait: only the timer takes the processor from it. */
static int take_turns(u32 me)
{
    static u32 own_rounds; /* at the same address in both processes, yet not the same */
    int failed = 0;
    if (!sector_keeps(me, 0)) /* both want the disk */
        failed |= 1;
    for (u32 round = 1; round <= ROUNDS; round++) {
        while (shared->turn != me)
            ;
        if (!sector_keeps(me, round))
            failed |= 1;
        u32 value = me == 1 ? fibonacci(3 * round) : prime(10 * round);
        add("  process ");
        add_number(me, 10);
        add(me == 1 ? ": fibonacci " : ": prime ");
        add_number(me == 1 ? 3 * round : 10 * round, 10);
        add(" is ");
        add_number(value, 10);
        say();
        own_rounds++;
        shared->rounds++;
        shared->turn = 3 - me;
    }
    if (own_rounds != ROUNDS)
        failed |= 2;
    return failed;
}

/* ---------------------------------------------------------------- process 3 */

static u32 __attribute__((noinline)) use_stack(u32 depth)
{
    volatile u8 room[1000];
    room[0] = depth;
    return depth == 0 ? 0 : use_stack(depth - 1) + room[0];
}

static int use_kernel(void)
{
    static u8 sector[SECTOR];
    int failed = 0;
    if (use_stack(40) != 40 * 41 / 2)
        failed |= 1;
    /* Addresses that a process may not hand to the kernel. */
    if (call(CALL_WRITE, 0xc0100000, 4) != ~0u || call(CALL_WRITE, 0, 4) != ~0u)
        failed |= 2;
    if (call(CALL_READ_SECTOR, 0, (u32)sector) || sector[510] != 0x55 || sector[511] != 0xaa)
        failed |= 4;
    if (call(CALL_READ_SECTOR, 0xfffffff, (u32)sector) != ~0u)
        failed |= 8;
    if (call(1000, 0, 0) != ~0u)
        failed |= 16;
    call(CALL_SLEEP, 5, 0);
    return failed;
}

/* ---------------------------------------------------------------- processes 4 to 11 */

/* What ring 3 is not allowed; main.c knows which fault each is. */
static int misbehave(u32 which)
{
    u32 value;
    switch (which) {
    case 0:
        *(volatile u32 *)0xc0100000 = 1;
        break;
    case 1:
        return *(volatile u32 *)0x12340;
    case 2:
        __asm__ volatile("cli");
        break;
    case 3:
        __asm__ volatile("inb $0x60, %%al" : "=a"(value));
        break;
    case 4:
        __asm__ volatile("int $0x20");
        break;
    case 5:
        __asm__ volatile("divl %%ecx" : "=a"(value) : "a"(1), "c"(0), "d"(0));
        break;
    case 6:
        __asm__ volatile("ud2");
        break;
    case 7:
        __asm__ volatile("movl %0, %%ds" : : "r"(0x10));
        break;
    }
    return 0;
}

/* ---------------------------------------------------------------- process 12 */

static int is(const char *text, const char *word)
{
    while (*word && *text == *word)
        text++, word++;
    return !*word && (*text == 0 || *text == ' ');
}

static u32 number(const char **text)
{
    u32 value = 0;
    while (**text && (**text < '0' || **text > '9'))
        (*text)++;
    for (; **text >= '0' && **text <= '9'; (*text)++)
        value = value * 10 + **text - '0';
    return value;
}

static int shell(void)
{
    static char typed[64];
    static u8 sector[SECTOR];
    for (;;) {
        call(CALL_WRITE, (u32) "> ", 2);
        typed[call(CALL_READ_LINE, (u32)typed, sizeof typed - 1)] = 0;
        const char *rest = typed;
        if (is(typed, "quit"))
            return 0;
        if (is(typed, "echo")) {
            add(typed[4] ? typed + 5 : "");
        } else if (is(typed, "add")) {
            u32 one = number(&rest);
            add_number(one + number(&rest), 10);
        } else if (is(typed, "sector")) {
            if (call(CALL_READ_SECTOR, number(&rest), (u32)sector)) {
                add("The disk has no such sector.");
            } else {
                for (u32 at = 0; at < 16; at++) {
                    add(sector[at] < 16 ? "0" : "");
                    add_number(sector[at], 16);
                    add(" ");
                }
            }
        } else {
            add("echo TEXT, add N N, sector N, quit");
        }
        say();
    }
}

int program(u32 me)
{
    if (me <= 2)
        return take_turns(me);
    if (me == 3)
        return use_kernel();
    return me < 12 ? misbehave(me - 4) : shell();
}

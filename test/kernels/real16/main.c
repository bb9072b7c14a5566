/* main.c: a program for real mode in C (gcc -m16), on the services of the BIOS.
 *
 *   boot.S      the boot sector: loads the rest by INT 13h
 *   bios.S      any service from C; a handler of INT 1Ch
 *   console.c   INT 10h and INT 14h
 *   main.c      screen, keyboard, disk, memory and clock, each checked
 *   x87.c       arithmetic in 80 bits
 *
 * It ends by port 0xf4 (QEMU's isa-debug-exit): 0x10 when every check held, so that the emulator's
 * status is 33; else 0x11, and 35. */

#include "program.h"

static u32 failed;

void check(int holds, const char *claim)
{
    print(holds ? "ok   " : "BAD  ");
    print(claim);
    print("\n");
    failed += !holds;
}

/* One service: its number and function in EAX, what it returns in the registers. */
static struct registers call(int vector, u32 eax, u32 ebx, u32 ecx, u32 edx)
{
    struct registers r = { .eax = eax, .ebx = ebx, .ecx = ecx, .edx = edx };
    bios(vector, &r);
    return r;
}

/* ---------------------------------------------------------------- screen */

/* Before anything is printed: changing the mode clears the screen. */
static int graphics(void)
{
    call(0x10, 0x0013, 0, 0, 0); /* 320 x 200, 256 colours */
    int mode = (call(0x10, 0x0f00, 0, 0, 0).eax & 0x7f) == 0x13;
    call(0x10, 0x0c2a, 0, 319, 199);
    int pixel = (call(0x10, 0x0d00, 0, 319, 199).eax & 0xff) == 0x2a;
    u8 in_memory;
    __asm__ volatile("movw %w1, %%fs; movb %%fs:63999, %0" : "=q"(in_memory) : "r"(0xa000));
    call(0x10, 0x0003, 0, 0, 0);
    return mode && pixel && in_memory == 0x2a;
}

static void check_screen(void)
{
    struct registers mode = call(0x10, 0x0f00, 0, 0, 0);
    check((mode.eax & 0xffff) == 0x5003, "80 columns of text");
    u32 before = call(0x10, 0x0300, 0, 0, 0).edx;
    call(0x10, 0x0200, 0, 0, 0x184f); /* the last cell */
    int moved = (call(0x10, 0x0300, 0, 0, 0).edx & 0xffff) == 0x184f;
    call(0x10, 0x0900 | '#', 0x1e, 1, 0);
    int there = (call(0x10, 0x0800, 0, 0, 0).eax & 0xffff) == (0x1e00 | '#');
    call(0x10, 0x0900 | ' ', 0x07, 1, 0);
    call(0x10, 0x0200, 0, 0, before);
    check(moved && there, "the cursor moves, and a character is read back");
}

/* ---------------------------------------------------------------- keyboard */

static void check_keyboard(void)
{
    int none = call(0x16, 0x0100, 0, 0, 0).flags & ZERO;
    int stored = (call(0x16, 0x0500, 0, 0x1e61, 0).eax & 0xff) == 0; /* an A, as if typed */
    call(0x16, 0x0500, 0, 0x3b00, 0);                                /* F1 */
    struct registers ready = call(0x16, 0x0100, 0, 0, 0);
    int waiting = !(ready.flags & ZERO) && (ready.eax & 0xffff) == 0x1e61;
    int first = (call(0x16, 0x0000, 0, 0, 0).eax & 0xffff) == 0x1e61;
    int second = (call(0x16, 0x0000, 0, 0, 0).eax & 0xffff) == 0x3b00;
    check(none && stored && waiting && first && second, "keys come in the order they were stored");
    check((call(0x16, 0x0200, 0, 0, 0).eax & 0x0f) == 0, "nobody holds Shift");
}

/* ---------------------------------------------------------------- disk */

#define LAST_SECTOR 1007
static u8 sector[512] __attribute__((aligned(16)));

static int by_address(int write, u32 number)
{
    static struct {
        u8 size, zero;
        u16 count, offset, segment;
        u64 sector;
    } packet;
    packet.size = 16;
    packet.count = 1;
    packet.offset = (u32)sector;
    packet.segment = 0;
    packet.sector = number;
    struct registers r = { .eax = write ? 0x4300 : 0x4200, .edx = boot_drive, .esi = (u32)&packet };
    bios(0x13, &r);
    return !(r.flags & CARRY);
}

static void check_disk(void)
{
    struct registers r = call(0x13, 0x0800, 0, 0, boot_drive);
    u32 sectors = r.ecx & 0x3f, heads = (r.edx >> 8 & 0xff) + 1;
    check(!(r.flags & CARRY) && sectors > 0 && (r.edx & 0xff) >= 1, "the disk has a geometry");

    r = call(0x13, 0x0201, (u32)sector, 0x0001, boot_drive);
    check(!(r.flags & CARRY) && sector[510] == 0x55 && sector[511] == 0xaa, "its first sector");
    r = call(0x13, 0x4100, 0x55aa, 0, boot_drive);
    check(!(r.flags & CARRY) && (r.ebx & 0xffff) == 0xaa55 && (r.ecx & 1),
          "the extensions are there");

    for (u32 at = 0; at < 512; at++)
        sector[at] = at * 7;
    int done = by_address(1, LAST_SECTOR);
    for (u32 at = 0; at < 512; at++)
        sector[at] = 0;
    u32 track = LAST_SECTOR / sectors;
    u32 place = track / heads << 8 | (LAST_SECTOR % sectors + 1);
    r = call(0x13, 0x0201, (u32)sector, place, (track % heads) << 8 | boot_drive);
    done &= !(r.flags & CARRY);
    for (u32 at = 0; at < 512; at++)
        done &= sector[at] == (u8)(at * 7);
    check(done, "written by its number, read by cylinder, head and sector");
    check(!by_address(0, 1000000), "there is no sector 1000000");
}

/* ---------------------------------------------------------------- memory and clock */

static void check_memory(void)
{
    u32 conventional = call(0x12, 0, 0, 0, 0).eax & 0xffff;
    check(conventional >= 600 && conventional <= 640, "about 640 KBytes");
    struct {
        u64 base, length;
        u32 kind, attributes;
    } range;
    struct registers r = { .ebx = 0 };
    int low = 0, high = 0, right = 1;
    do {
        r.eax = 0xe820;
        r.ecx = sizeof range;
        r.edx = 0x534d4150; /* SMAP */
        r.es = 0;
        r.edi = (u32)&range;
        bios(0x15, &r);
        right &= !(r.flags & CARRY) && r.eax == 0x534d4150 && r.ecx >= 20;
        low |= range.kind == 1 && range.base == 0 && range.length >= 600 * 1024;
        high |= range.kind == 1 && range.base == 0x100000 && range.length >= 0x1000000;
    } while (right && r.ebx != 0);
    check(right && low && high, "the memory map");
}

static void check_clock(void)
{
    extern volatile u32 timer_vector;
    u32 saved = timer_vector;
    struct registers r = call(0x1a, 0, 0, 0, 0), now;
    u32 from = r.ecx << 16 | (r.edx & 0xffff);
    timer_vector = (u32)user_timer;
    do {
        __asm__ volatile("hlt");
        now = call(0x1a, 0, 0, 0, 0);
    } while ((now.ecx << 16 | (now.edx & 0xffff)) - from < 3);
    timer_vector = saved;
    check(user_ticks >= 2, "INT 1Ch comes with every tick");
    r = call(0x1a, 0x0200, 0, 0, 0);
    u32 hour = r.ecx >> 8 & 0xff, minute = r.ecx & 0xff, second = r.edx >> 8 & 0xff;
    check(!(r.flags & CARRY) && hour < 0x24 && minute < 0x60 && second < 0x60, "the time of day");
}

void main(void)
{
    console_start();
    int dot = graphics();
    print("A program for real mode\n");
    check(dot, "a dot of 256 colours, by the BIOS and in the memory");
    check_screen();
    check_keyboard();
    check_disk();
    check_memory();
    check_clock();
    x87();
    print(failed ? "Something was wrong.\n" : "All checks held.\n");
    out8(0xf4, failed ? 0x11 : 0x10);
    for (;;)
        __asm__ volatile("cli; hlt");
}

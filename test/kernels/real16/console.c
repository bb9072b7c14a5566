/* console.c: the screen by INT 10h and COM1 by INT 14h, character by character. */

#include "program.h"

static void serial(char c)
{
    struct registers r = { .eax = 0x0100 | (u8)c, .edx = 0 };
    bios(0x14, &r);
}

static void teletype(char c)
{
    struct registers r = { .eax = 0x0e00 | (u8)c, .ebx = 7 };
    bios(0x10, &r);
}

void put_char(char c)
{
    serial(c);
    if (c == '\n')
        teletype('\r');
    teletype(c);
}

void console_start(void)
{
    struct registers mode = { .eax = 0x0003 }, line = { .eax = 0x00e3, .edx = 0 };
    bios(0x10, &mode); /* 80 x 25 characters */
    bios(0x14, &line); /* 9600 baud, 8 bits, no parity, one stop bit */
}

void print(const char *text)
{
    while (*text)
        put_char(*text++);
}

void print_number(u32 value)
{
    if (value >= 10)
        print_number(value / 10);
    put_char('0' + value % 10);
}

/* 18 digits by FBSTP, which makes decimal digits of a number below 10^18. */
void print_long_double(const char *name, long double value)
{
    u8 packed[10];
    int exponent = 17;
    print("  ");
    print(name);
    print(" = ");
    if (value < 0) {
        put_char('-');
        value = -value;
    }
    for (; value >= 1e18L; exponent++)
        value /= 10;
    for (; value != 0 && value < 1e17L; exponent--)
        value *= 10;
    __asm__ volatile("fbstp %0" : "=m"(packed) : "t"(value) : "st");
    for (int digit = 17; digit >= 0; digit--) {
        put_char('0' + (packed[digit / 2] >> (digit & 1) * 4 & 15));
        if (digit == 17)
            put_char('.');
    }
    print(exponent < 0 ? "e-" : "e+");
    print_number(exponent < 0 ? -exponent : exponent);
    print("\n");
}

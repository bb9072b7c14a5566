/* console.c: what the kernel says goes to COM1 and to the VGA's text screen. */

#include "kernel.h"
#include <stdarg.h>

#define COLUMNS 80
#define ROWS 25
#define COLOUR 0x0700

static volatile u16 *const screen = VIRTUAL(0xb8000);
static u32 position;

void put_char(char c)
{
    while (!(in8(COM1 + 5) & 0x20))
        ;
    out8(COM1, c);
    if (c == '\n')
        position += COLUMNS - position % COLUMNS;
    else
        screen[position++] = COLOUR | (u8)c;
    if (position < COLUMNS * ROWS)
        return;
    for (u32 at = 0; at < COLUMNS * (ROWS - 1); at++)
        screen[at] = screen[at + COLUMNS];
    for (u32 at = COLUMNS * (ROWS - 1); at < COLUMNS * ROWS; at++)
        screen[at] = COLOUR | ' ';
    position -= COLUMNS;
}

static void print_number(u64 value, u32 base)
{
    char digits[24];
    u32 count = 0;
    do
        digits[count++] = "0123456789abcdef"[value % base];
    while (value /= base);
    while (count > 0)
        put_char(digits[--count]);
}

/* %c, %s, and of 32 bits %d, %u, %x, of 64 bits with l. */
void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            put_char(*format);
            continue;
        }
        int wide = *++format == 'l';
        format += wide;
        if (*format == 's') {
            for (const char *text = va_arg(arguments, const char *); *text; text++)
                put_char(*text);
        } else if (*format == 'c') {
            put_char(va_arg(arguments, int));
        } else if (*format == 'd') {
            long long value = wide ? va_arg(arguments, long) : va_arg(arguments, int);
            if (value < 0)
                put_char('-');
            print_number(value < 0 ? -(u64)value : (u64)value, 10);
        } else {
            print_number(wide ? va_arg(arguments, unsigned long) : va_arg(arguments, u32),
                         *format == 'x' ? 16 : 10);
        }
    }
    va_end(arguments);
}

void console_start(void)
{
    out8(COM1 + 1, 0);
    out8(COM1 + 3, 0x80); /* the divisor: 115200 baud */
    out8(COM1, 1);
    out8(COM1 + 1, 0);
    out8(COM1 + 3, 3); /* 8 bits, no parity, one stop bit */
    for (u32 at = 0; at < COLUMNS * ROWS; at++)
        screen[at] = COLOUR | ' ';
}

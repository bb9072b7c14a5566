/* console.c: what the kernel says goes to COM1 and to the VGA's text screen; what a person types
 * comes from COM1 and from the keyboard, by interrupts. */

#include "kernel.h"
#include <stdarg.h>

#define COLUMNS 80
#define ROWS 25
#define COLOUR 0x0700
#define CRTC 0x3d4

volatile u32 serial_interrupts, keyboard_interrupts;
volatile u8 last_scan_code;

static volatile u16 *const screen = VIRTUAL(0xb8000);
static u32 position;

/* ---------------------------------------------------------------- output */

static void screen_put(char c)
{
    if (c == '\n')
        position += COLUMNS - position % COLUMNS;
    else if (c == '\b')
        position -= position > 0;
    else
        screen[position++] = COLOUR | (u8)c;
    if (position >= COLUMNS * ROWS) {
        for (u32 at = 0; at < COLUMNS * (ROWS - 1); at++)
            screen[at] = screen[at + COLUMNS];
        for (u32 at = COLUMNS * (ROWS - 1); at < COLUMNS * ROWS; at++)
            screen[at] = COLOUR | ' ';
        position -= COLUMNS;
    }
    out8(CRTC, 14);
    out8(CRTC + 1, position >> 8);
    out8(CRTC, 15);
    out8(CRTC + 1, position);
}

static void serial_put(char c)
{
    while (!(in8(COM1 + 5) & 0x20))
        ;
    out8(COM1, c);
}

void put_char(char c)
{
    serial_put(c);
    screen_put(c);
}

static void print_number(u32 value, u32 base, u32 width, char fill)
{
    char digits[12];
    u32 count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (; width > count; width--)
        put_char(fill);
    while (count > 0)
        put_char(digits[--count]);
}

/* %d, %u, %x, %c, %s and %%; a width, from 0 or with a leading 0, before the numbers. */
void print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    for (; *format; format++) {
        if (*format != '%') {
            put_char(*format);
            continue;
        }
        char fill = *++format == '0' ? '0' : ' ';
        u32 width = 0;
        for (; *format >= '0' && *format <= '9'; format++)
            width = width * 10 + *format - '0';
        if (*format == 's') {
            for (const char *text = va_arg(arguments, const char *); *text; text++)
                put_char(*text);
        } else if (*format == '%') {
            put_char('%');
        } else {
            u32 value = va_arg(arguments, u32);
            if (*format == 'c') {
                put_char(value);
            } else if (*format == 'd' && (int)value < 0) {
                put_char('-');
                print_number(-value, 10, width, fill);
            } else {
                print_number(value, *format == 'x' ? 16 : 10, width, fill);
            }
        }
    }
    va_end(arguments);
}

/* ---------------------------------------------------------------- input */

/* What the keyboard has typed and nobody has read. */
#define PENDING 256
static char pending[PENDING];
static volatile u32 pending_written, pending_read;

/* Scan codes of set 1, without and with Shift. */
static const char plain[] =
    "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] =
    "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

void keyboard_interrupt(void)
{
    static int shift;
    if (!(in8(0x64) & 1))
        return;
    u8 code = in8(0x60), key = code & 0x7f;
    keyboard_interrupts++;
    last_scan_code = code;
    if (key == 0x2a || key == 0x36)
        shift = !(code & 0x80);
    if ((code & 0x80) || key >= sizeof plain || !plain[key])
        return;
    if (pending_written - pending_read < PENDING)
        pending[pending_written++ % PENDING] = (shift ? shifted : plain)[key];
    wake(pending);
}

/* The received byte stays in COM1 until somebody reads it. The interrupt only tells. */
void serial_interrupt(void)
{
    serial_interrupts++;
    in8(COM1 + 2);     /* takes back "transmitter empty" */
    out8(COM1 + 1, 0); /* and nothing more, until it is asked for */
    wake(pending);
}

static char get_char(void)
{
    for (;;) {
        if (pending_read != pending_written)
            return pending[pending_read++ % PENDING];
        if (in8(COM1 + 5) & 1)
            return in8(COM1);
        out8(COM1 + 1, 1); /* an interrupt for a received byte, at once if there is one */
        sleep_on(pending);
    }
}

/* A line without its end, echoed. The process sleeps until it has been typed. */
u32 read_line(char *to, u32 size)
{
    u32 count = 0;
    for (;;) {
        char c = get_char();
        if (c == '\r' || c == '\n') {
            put_char('\n');
            return count;
        } else if (c == '\b' || c == 127) {
            if (count > 0) {
                print("\b \b");
                count--;
            }
        } else if (c >= ' ' && count < size) {
            put_char(c);
            to[count++] = c;
        }
    }
}

void console_start(void)
{
    out8(COM1 + 1, 0);    /* no interrupts yet */
    out8(COM1 + 3, 0x80); /* the divisor: 115200 baud */
    out8(COM1, 1);
    out8(COM1 + 1, 0);
    out8(COM1 + 3, 3);    /* 8 bits, no parity, one stop bit */
    out8(COM1 + 4, 0x0b); /* ready to send; OUT2 lets interrupts through */
    for (u32 at = 0; at < COLUMNS * ROWS; at++)
        screen[at] = COLOUR | ' ';
}

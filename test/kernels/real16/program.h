/* What the program's files offer each other. */
#ifndef PROGRAM_H
#define PROGRAM_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

/* bios.S */
struct registers {
    u32 eax, ebx, ecx, edx, esi, edi;
    u16 es, unused;
    u32 ebp, flags;
};
#define CARRY 1
#define ZERO 0x40
void bios(int vector, struct registers *registers);
void user_timer(void);
extern volatile u32 user_ticks;
extern u8 boot_drive;

/* console.c: the screen by INT 10h and COM1 by INT 14h. */
void console_start(void);
void put_char(char c);
void print(const char *text);
void print_number(u32 value);
void print_long_double(const char *name, long double value);

/* main.c */
void check(int holds, const char *claim);

/* x87.c */
void x87(void);

static inline void out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

#endif

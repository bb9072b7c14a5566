/* What the processor and the PC define, for C and for assembly. */
#ifndef X86_H
#define X86_H

#define CR0_PE (1 << 0)
#define CR0_WP (1 << 16)
#define CR0_PG (1 << 31)
#define CR4_PSE (1 << 4)

#define PTE_P 0x001
#define PTE_W 0x002
#define PTE_U 0x004
#define PTE_PCD 0x010
#define PTE_A 0x020
#define PTE_D 0x040
#define PTE_PS 0x080

#define FLAGS_IF 0x200

/* Selectors. Those of ring 3 have RPL 3. */
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TASK_STATE 0x28

#define COM1 0x3f8
#define ATA 0x1f0
#define ATA_CONTROL 0x3f6

#define ATA_BUSY 0x80
#define ATA_READY 0x40
#define ATA_WANTS_DATA 0x08
#define ATA_FAILED 0x21
#define ATA_READ 0x20
#define ATA_WRITE 0x30
#define ATA_FLUSH 0xe7
#define ATA_IDENTIFY 0xec

#ifndef __ASSEMBLER__

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

static inline u8 in8(u16 port)
{
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out8(u16 port, u8 value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void in_words(u16 port, void *to, u32 count)
{
    __asm__ volatile("cld; rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
}

static inline void out_words(u16 port, const void *from, u32 count)
{
    __asm__ volatile("cld; rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
}

#endif
#endif

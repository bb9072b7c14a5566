/* apic.c: the local APIC with its timer, and the I/O APIC. Where they are is told by the MP table
 * (Intel MultiProcessor Specification 1.4); what they are is SDM volume 3, "APIC", and the data
 * sheet of the 82093AA. */

#include "kernel.h"

struct mp_pointer {
    char signature[4];
    u32 table;
    u8 length, version, checksum, features[5];
};

struct mp_table {
    char signature[4];
    u16 length;
    u8 version, checksum;
    char maker[8], product[12];
    u32 oem_table;
    u16 oem_length, entries;
    u32 local_apic;
    u32 extended;
};

enum { MP_PROCESSOR, MP_BUS, MP_IO_APIC, MP_INTERRUPT, MP_LOCAL_INTERRUPT };

#define INPUTS 16
static volatile u32 *local, *io;
static u8 input_of[INPUTS]; /* the I/O APIC's input of each ISA interrupt */

/* ---------------------------------------------------------------- the MP table */

static u8 sum(const void *data, u32 count)
{
    u8 total = 0;
    for (const u8 *at = data; count > 0; count--)
        total += *at++;
    return total;
}

static struct mp_pointer *search(u32 physical, u32 length)
{
    u8 *at = VIRTUAL(physical);
    for (u8 *end = at + length; at < end; at += 16)
        if (!memcmp(at, "_MP_", 4) && !sum(at, 16))
            return (struct mp_pointer *)at;
    return 0;
}

void find_apics(void)
{
    u32 extended_data = *(volatile u16 *)VIRTUAL(0x40e) << 4;
    struct mp_pointer *pointer = extended_data ? search(extended_data, 1024) : 0;
    if (!pointer)
        pointer = search(639 * 1024, 1024);
    if (!pointer)
        pointer = search(0xf0000, 0x10000);
    check(pointer != 0, "the BIOS tells where the MP table is");
    if (!pointer)
        panic("no MP table");

    struct mp_table *table = VIRTUAL(pointer->table);
    check(!memcmp(table->signature, "PCMP", 4) && !sum(table, table->length),
          "its signature and its checksum are right");

    local = (volatile u32 *)table->local_apic;
    u32 processors = 0, isa = ~0u;
    for (u32 irq = 0; irq < INPUTS; irq++)
        input_of[irq] = irq;
    u8 *entry = (u8 *)(table + 1);
    for (u32 left = table->entries; left > 0; left--) {
        switch (entry[0]) {
        case MP_PROCESSOR:
            processors += entry[3] & 1;
            entry += 20;
            continue;
        case MP_BUS:
            if (!memcmp(entry + 2, "ISA", 3))
                isa = entry[1];
            break;
        case MP_IO_APIC:
            if (!io)
                io = *(volatile u32 **)(entry + 4);
            break;
        case MP_INTERRUPT:
            if (entry[1] == 0 && entry[4] == isa && entry[5] < INPUTS)
                input_of[entry[5]] = entry[7];
            break;
        }
        entry += 8;
    }
    check(processors == 1, "there is one processor");
    check((u32)local == 0xfee00000 && (u32)io == 0xfec00000, "the APICs are where a PC has them");
}

/* ---------------------------------------------------------------- the local APIC */

enum {
    ID = 0x20,
    VERSION = 0x30,
    TASK_PRIORITY = 0x80,
    END_OF_INTERRUPT = 0xb0,
    SPURIOUS = 0xf0,
    ERROR_STATUS = 0x280,
    COMMAND_LOW = 0x300,
    COMMAND_HIGH = 0x310,
    TIMER = 0x320,
    LINT0 = 0x350,
    LINT1 = 0x360,
    ERROR = 0x370,
    INITIAL_COUNT = 0x380,
    CURRENT_COUNT = 0x390,
    DIVIDE = 0x3e0,
};
#define MASKED 0x10000
#define DELIVERING 0x1000
#define TO_MYSELF 0x40000
#define INIT_DEASSERT_TO_ALL 0x88500
#define PERIODIC 0x20000
#define DIVIDE_BY_1 0xb

static u32 local_read(u32 at)
{
    return local[at / 4];
}

static void local_write(u32 at, u32 value)
{
    local[at / 4] = value;
}

/* How far the timer counts in 10 ms, which counter 2 of the PIT measures (gate on, no sound). */
static u32 timer_counts(void)
{
    u32 pit = 1193182 / 100;
    out8(0x61, (in8(0x61) & ~2) | 1);
    out8(0x43, 0xb0); /* counter 2, both bytes, mode 0: its output rises at 0 */
    out8(0x42, pit);
    out8(0x42, pit >> 8);
    local_write(INITIAL_COUNT, ~0u);
    while (!(in8(0x61) & 0x20))
        ;
    return ~local_read(CURRENT_COUNT);
}

static void command(u32 low)
{
    local_write(COMMAND_HIGH, 0);
    local_write(COMMAND_LOW, low);
    while (local_read(COMMAND_LOW) & DELIVERING)
        ;
}

/* An interrupt from this processor to itself. */
void interrupt_myself(u32 vector)
{
    command(TO_MYSELF | vector);
}

void local_apic_start(void)
{
    /* The old interrupt controllers have nothing to say from now on. */
    out8(0x21, 0xff);
    out8(0xa1, 0xff);

    u32 version = local_read(VERSION);
    check((version & 0xff) >= 0x10 && (version >> 16 & 0xff) >= 3,
          "the local APIC is an integrated one");
    local_write(SPURIOUS, 0x100 | VECTOR_SPURIOUS);
    local_write(LINT0, MASKED);
    local_write(LINT1, MASKED);
    local_write(ERROR, MASKED);
    local_write(ERROR_STATUS, 0); /* two writes: the first one only makes it current */
    local_write(ERROR_STATUS, 0);
    local_write(END_OF_INTERRUPT, 0);
    command(INIT_DEASSERT_TO_ALL); /* old processors agree about who goes first */
    local_write(TASK_PRIORITY, 0);

    local_write(DIVIDE, DIVIDE_BY_1);
    local_write(TIMER, MASKED | VECTOR_TIMER);
    u32 counts = timer_counts();
    check(counts > 1000, "the PIT measures how fast the APIC's timer is");
    local_write(TIMER, PERIODIC | VECTOR_TIMER);
    local_write(INITIAL_COUNT, counts / 10); /* a tick is a millisecond */
    local_write(END_OF_INTERRUPT, 0);
}

void end_of_interrupt(void)
{
    local_write(END_OF_INTERRUPT, 0);
}

/* ---------------------------------------------------------------- the I/O APIC */

static u32 io_read(u32 at)
{
    io[0] = at;
    return io[4];
}

static void io_write(u32 at, u32 value)
{
    io[0] = at;
    io[4] = value;
}

/* An ISA interrupt comes to this processor: edge-triggered, active high, fixed. */
void route(u32 irq)
{
    static int counted;
    u32 inputs = (io_read(1) >> 16 & 0xff) + 1;
    if (!counted++)
        check(inputs == 24, "the I/O APIC has 24 inputs");
    u32 entry = 0x10 + 2 * input_of[irq];
    io_write(entry + 1, local_read(ID) & 0xff000000);
    io_write(entry, VECTOR_IRQ + irq);
}

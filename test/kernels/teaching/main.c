/* main.c: a teaching kernel for a 32-bit PC, in C and GNU assembly, built by make, gcc and ld.
 *
 *   boot.S, loader.c   the boot sector: protected mode, then the kernel by PIO from the ATA disk
 *   entry.S            paging, with pages of 4 MBytes
 *   main.c             what it does in which order, and whether that was right
 *   console.c          COM1, the VGA's text screen, the keyboard
 *   apic.c             the MP table, the local APIC with its timer, the I/O APIC
 *   memory.c           pages of 4 KBytes, address spaces
 *   trap.c, vectors.S  GDT, IDT, TSS; interrupts and faults
 *   process.c          processes in ring 3, which the timer takes turns with
 *   system_call.c      INT 0x40
 *   disk.c             sectors by interrupts
 *   user.c             the program of the processes
 *
 * Each check is a line. A person at COM1 or the keyboard talks to the last process; `quit` ends it.
 * The machine ends by port 0xf4 (QEMU's isa-debug-exit): 0x10 when every check held, so that the
 * emulator's status is 33; else 0x11, and 35. */

#include "kernel.h"

static u32 failed;

void check(int holds, const char *claim)
{
    print("%s  %s\n", holds ? "ok " : "BAD", claim);
    failed += !holds;
}

void finish(void)
{
    print("%s\n", failed ? "Something was wrong." : "All checks held.");
    out8(0xf4, failed ? 0x11 : 0x10);
    for (;;)
        __asm__ volatile("cli; hlt");
}

void panic(const char *why)
{
    print("panic: %s\n", why);
    failed++;
    finish();
}

/* Waits for what an interrupt changes, at most a second. */
static int comes(int (*condition)(void))
{
    for (u32 from = ticks; !condition() && ticks - from < 1000;)
        wait_for_interrupt();
    return condition();
}

static int ten_ticks(void) { return ticks >= 10; }
static int serial_came(void) { return serial_interrupts > 0; }
static int own_came(void) { return interrupts_from_myself > 0; }
static int key_came(void) { return last_scan_code == 0x57; }

static void check_interrupts(void)
{
    /* The timer: without it, nothing below could end. */
    for (u32 patience = 100000000; ticks == 0 && patience > 0; patience--)
        __asm__ volatile("sti; nop; cli");
    if (ticks == 0)
        panic("the APIC's timer does not interrupt");
    check(comes(ten_ticks), "the APIC's timer ticks");

    interrupt_myself(VECTOR_MYSELF);
    int early = own_came(); /* interrupts are off still */
    check(!early && comes(own_came), "the processor interrupts itself");

    route(IRQ_COM1);
    out8(COM1 + 1, 2); /* "transmitter empty", which it is */
    check(comes(serial_came), "COM1 interrupts through the I/O APIC");

    /* Command D2h: the next byte comes as if the keyboard had sent it. F11 types nothing. */
    route(IRQ_KEYBOARD);
    while (in8(0x64) & 2)
        ;
    out8(0x64, 0xd2);
    while (in8(0x64) & 2)
        ;
    out8(0x60, 0x57);
    check(comes(key_came), "the keyboard interrupts through the I/O APIC");
    route(IRQ_ATA);
}

static void check_paging(void)
{
    /* The same frame at two addresses, and the bits that the processor sets. */
    u32 *space = space_new(), *page = page_new();
    map(space, 0x5000, page, PTE_W);
    space_enter(space);
    volatile u32 *other = (volatile u32 *)0x5000;
    volatile u32 *entry = entry_of(space, 0x5000);
    int untouched = !(*entry & (PTE_A | PTE_D));
    int read = other[1] == 0 && (*entry & (PTE_A | PTE_D)) == PTE_A;
    other[1] = 0x12345678;
    check(untouched && read && (*entry & PTE_D), "the processor marks pages accessed and dirty");
    check(page[1] == 0x12345678, "a page of 4 KBytes and one of 4 MBytes show the same frame");
    extern page_table kernel_directory;
    space_enter(kernel_directory);
    space_free(space);
}

/* ---------------------------------------------------------------- processes */

static void check_turns(void)
{
    u32 *shared = page_new();
    shared[0] = 1; /* whose turn it is */
    u32 interrupts = disk_interrupts;
    print("Two processes take turns:\n");
    struct process *one = process_new(shared), *two = process_new(shared);
    run_processes();
    check(one->status == 0 && two->status == 0, "both are content");
    check(shared[1] == 12, "they have shared a page");
    check(one->preempted >= 5 && two->preempted >= 5, "the timer has preempted both");
    check(disk_interrupts - interrupts == 2 * 7 * 3, "the disk has interrupted for each transfer");
    process_free(one);
    process_free(two);
    page_free(shared);
}

static void check_calls(void)
{
    u32 from = ticks;
    struct process *process = process_new(0);
    run_processes();
    print("Process %u ended with %d.\n", process->id, process->status);
    check(process->status == 0, "its stack grew; the kernel refused what it had to");
    check(ticks - from >= 5, "it slept for 5 ticks");
    process_free(process);
}

static void check_faults(void)
{
    static const struct {
        u32 vector, error, address;
        const char *what;
    } faults[] = {
        { 14, 7, 0xc0100000, "writes to the kernel" },
        { 14, 4, 0x12340, "reads where nothing is" },
        { 13, 0, 0, "switches interrupts off" },
        { 13, 0, 0, "reads a port" },
        { 13, 0x20 << 3 | 2, 0, "calls a gate that is not for it" },
        { 0, 0, 0, "divides by 0" },
        { 6, 0, 0, "executes UD2" },
        { 13, 0x10, 0, "loads the kernel's data segment" },
    };
    for (u32 i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct process *process = process_new(0);
        run_processes();
        print("Process %u %s: vector %u, error %x, address %x\n", process->id, faults[i].what,
              process->vector, process->error, process->address);
        check(process->vector == faults[i].vector && process->error == faults[i].error &&
                  process->address == faults[i].address && process->status == -1,
              "that ends it");
        process_free(process);
    }
}

static void talk(void)
{
    struct process *process = process_new(0);
    run_processes();
    check(process->status == 0, "the person has had enough");
    process_free(process);
}

void main(void)
{
    console_start();
    print("A teaching kernel\n");
    memory_start();
    traps_start();
    find_apics();
    local_apic_start();
    check_interrupts();
    check_paging();
    disk_start();
    u32 pages = pages_free();
    check_turns();
    check_calls();
    check_faults();
    talk();
    check(pages_free() == pages, "every page has come back");
    finish();
}

/* main.c: a 64-bit kernel in C and GNU assembly, started by any Multiboot loader.
 *
 *   boot.S                     the headers; from protected mode to long mode
 *   boot_info.c                memory map, module and command line, of Multiboot 1 and 2
 *   main.c                     what it does in which order, and whether that was right
 *   memory.c                   page tables of 4 levels; pages that come when they are used
 *   interrupts.c, vectors.S    GDT, IDT, TSS with a stack of the interrupt stack table; 8259, PIT
 *   thread.c, switch.S         preempted threads, with FXSAVE or XSAVE
 *   system_call.c, ring3.S     SYSCALL and SYSRET
 *   user.c                     the program in ring 3
 *   numbers.c, decimal.c       SSE2 by gcc; doubles printed exactly
 *   console.c                  COM1 and the VGA's text screen
 *
 * Its module is a list of numbers, one a line (measurements.txt); its command line has
 * `greeting=WORD`, and may have `fxsave` for a processor that has XSAVE, too. It ends by port 0xf4
 * (QEMU's isa-debug-exit): 0x10 when every check held, so that the emulator's status is 33; else
 * 0x11, and 35. */

#include "kernel.h"

static u32 failed;

void check(int holds, const char *claim)
{
    print("%s  %s\n", holds ? "ok " : "BAD", claim);
    failed += !holds;
}

static void __attribute__((noreturn)) finish(void)
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

static void check_loader(void)
{
    extern u8 kernel_end[];
    check(boot_info.loader[0] != 0, "the loader has a name");
    const char *greeting = find(boot_info.command_line, "greeting=");
    check(greeting != 0, "there is a greeting in the command line");
    print("  ");
    for (; greeting && *greeting && *greeting != ' '; greeting++)
        put_char(*greeting);
    print("\n");
    check(boot_info.ranges >= 2 && boot_info.low_usable && boot_info.high_usable,
          "the memory map has conventional memory, and memory from 1 MByte on");
    check(boot_info.modules == 1, "there is one module");
    check((u64)boot_info.module % PAGE == 0 && (u64)boot_info.module >= (u64)kernel_end &&
              PHYSICAL(boot_info.module) + boot_info.module_size <= 0x800000,
          "it begins with a page, behind the kernel");
}

static void check_processor(void)
{
    struct cpuid features = cpuid(1, 0), extended = cpuid(0x80000001, 0);
    u32 wanted = 1 << 0 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 8 | 1 << 13 | 1 << 15;
    check(cpuid(0, 0).eax >= 1 && cpuid(0x80000000, 0).eax >= 0x80000008, "CPUID has its leaves");
    check((features.edx & wanted) == wanted, "FPU, TSC, MSRs, PAE, CX8, global pages and CMOV");
    check((features.edx & 7 << 24) == 7 << 24, "FXSAVE, SSE and SSE2");
    wanted = 1 << 11 | 1 << 20 | 1 << 29;
    check((extended.edx & wanted) == wanted, "SYSCALL, no-execute pages and long mode");
    u32 widths = cpuid(0x80000008, 0).eax, physical = widths & 0xff, linear = widths >> 8 & 0xff;
    check(physical >= 32 && physical <= 52 && (linear == 48 || linear == 57),
          "addresses are as wide as may be");
    check(read_msr(MSR_EFER) & EFER_LMA, "long mode is active");
    u64 earlier = read_tsc(), later = read_tsc();
    check(later > earlier, "time goes on");
}

static void check_timer(void)
{
    timer_start();
    u64 from = ticks, begin = read_tsc();
    while (ticks < from + 10)
        wait_for_interrupt();
    check(read_tsc() - begin > 1000, "the PIT ticks, and the TSC has counted meanwhile");
}

/* ---------------------------------------------------------------- faults in the kernel */

static void write_byte(void *to)
{
    *(volatile u8 *)to = 0xc3;
}

static void execute(void *what)
{
    ((void (*)(void))what)();
}

static void divide(void *by)
{
    __asm__ volatile("divq %0" : : "r"(by), "a"(1), "d"(0));
}

static void undefined(void *nothing)
{
    (void)nothing;
    __asm__ volatile("ud2");
}

static void load_selector(void *selector)
{
    __asm__ volatile("movw %w0, %%es" : : "r"(selector));
}

static int is_fault(u64 vector, u64 error, u64 address)
{
    return last_fault.vector == vector && last_fault.error == error &&
           last_fault_address == address;
}

static void check_faults(void)
{
    void *nowhere = (void *)0x123456000;
    check(faults(write_byte, nowhere) && is_fault(14, 2, 0x123456000), "nothing is at an address");

    void *page = page_new();
    map(0xffffa00000000000, page, 0);
    check(faults(write_byte, (void *)0xffffa00000000abc) && is_fault(14, 3, 0xffffa00000000abc),
          "a page can be for reading only");
    check(!(*entry_of(0xffffa00000000000) & PTE_D), "it is not dirty then");
    map(0xffffa00000001000, page, PTE_W | PTE_NX);
    check(!faults(write_byte, (void *)0xffffa00000001000) &&
              faults(execute, (void *)0xffffa00000001000) && is_fault(14, 0x11, 0xffffa00000001000),
          "a page can be not for execution");
    check(!faults(execute, (void *)0xffffa00000000000),
          "the same frame can be, at another address");
    check(faults(write_byte, (void *)0x800000000000) && is_fault(13, 0, 0),
          "an address that is not canonical is none");
    check(faults(divide, 0) && is_fault(0, 0, 0), "nothing is divided by 0");
    check(faults(undefined, 0) && is_fault(6, 0, 0), "UD2 is undefined");
    check(faults(load_selector, (void *)0x58) && is_fault(13, 0x58, 0), "the GDT has an end");

    last_fault_address = 0;
    __asm__ volatile("int3" : : : "memory");
    check(last_fault.vector == 3 && last_fault_address == 1, "INT3 has a stack of its own");
}

static void check_memory(void)
{
    check(*entry_of(KERNEL_BASE) & PTE_PS, "the kernel lies in pages of 2 MBytes");
    u64 before = pages_on_demand, sum = 0;
    for (u64 at = 0; at < 100; at++)
        *(volatile u64 *)(DEMAND_BASE + at * 0x7654000) = at;
    for (u64 at = 0; at < 100; at++)
        sum += *(volatile u64 *)(DEMAND_BASE + at * 0x7654000);
    check(sum == 4950 && pages_on_demand - before == 100,
          "100 pages have come when they were used");
}

/* ---------------------------------------------------------------- ring 3 */

static void check_program(void)
{
    extern u8 user_physical[], user_end[];
    extern void program(void);
    u64 base = (u64)program & ~(PAGE - 1), stack = 0x30000000;
    for (u64 at = base; at < (u64)user_end; at += PAGE)
        map(at, VIRTUAL(user_physical + (at - base)), PTE_W | PTE_U);
    map(stack - PAGE, page_new(), PTE_W | PTE_U | PTE_NX);
    system_calls_start();

    u64 before = pages_on_demand, from = ticks;
    int status = run_program((u64)program, stack, 0);
    print("  ring 3: ended with %d\n", status);
    check(status == 0, "it has computed with SSE2, and SYSCALL keeps registers");
    check(pages_on_demand - before == 79, "79 pages have come when it used them");
    check(ticks - from >= 3, "the timer has interrupted it");

    static const struct {
        u64 vector, error, address;
        const char *claim;
    } wrong[] = {
        { 13, 0, 0, "ring 3 may not halt" },
        { 14, 7, 0xffffffff80200000, "nor write to the kernel" },
        { 13, 0, 0, "nor leave the canonical addresses" },
        { 14, 0x15, 0x10000000, "nor execute its data" },
    };
    for (u64 at = 0; at < 4; at++) {
        status = run_program((u64)program, stack, at + 1);
        check(status == -1 && last_fault.cs == USER_CODE && last_fault.ss == USER_DATA &&
                  is_fault(wrong[at].vector, wrong[at].error, wrong[at].address),
              wrong[at].claim);
    }
}

void main(u32 magic, u32 information)
{
    console_start();
    print("A 64-bit kernel\n");
    boot_info_read(magic, information);
    check_loader();
    check_processor();
    interrupts_start();
    forget_low_memory();
    check_timer();
    check_memory();
    check_faults();
    threads_start(find(boot_info.command_line, "fxsave") != 0);
    print("Numbers:\n");
    numbers();
    print("The module:\n");
    statistics(boot_info.module, boot_info.module_size);
    print("Threads:\n");
    check_threads();
    print("Ring 3:\n");
    check_program();
    finish();
}

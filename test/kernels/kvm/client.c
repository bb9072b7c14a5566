/* client.c: small guests under KVM, each with what it needs of its machine. What they say goes to the standard output;
 * expected.txt has it. Arguments are the names of the tests to do; all without any. */

#include "vm.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int kvm;

static void print_exits(struct vcpu *vcpu)
{
    printf("exits to the client: %u port, %u device, %u HLT\n", vcpu->exits[KVM_EXIT_IO],
           vcpu->exits[KVM_EXIT_MMIO], vcpu->exits[KVM_EXIT_HLT]);
    long long exits = statistic(vcpu, "exits");
    uint32_t seen = 0;
    for (int reason = 0; reason < REASONS; reason++)
        seen += vcpu->exits[reason];
    printf("VM exits: %s\n", exits >= seen ? "at least as many" : "too few");
}

/* Guests that want nothing but their ports and a device, and go on after HLT. */
static void plain(const char *name)
{
    struct vm vm = make_vm(kvm, name);
    struct vcpu vcpu = make_vcpu(kvm, &vm, 0);
    uint8_t asked;
    while (run(&vcpu, &asked) != ENDED)
        ;
    print_exits(&vcpu);
    free_vcpu(&vcpu);
    free_vm(&vm);
}

static void interrupts(const char *name)
{
    struct vm vm = make_vm(kvm, name);
    struct kvm_pit_config pit = { 0 };
    IOCTL(vm.fd, KVM_CREATE_IRQCHIP, 0);
    IOCTL(vm.fd, KVM_CREATE_PIT2, &pit);
    struct vcpu vcpu = make_vcpu(kvm, &vm, 0);
    struct kvm_irq_level line = { .irq = 4, .level = 1 };
    struct kvm_msi message = { .address_lo = 0xfee00000, .data = 0x32 };
    uint8_t asked;
    for (int times = 0; run(&vcpu, &asked) != ENDED; times++) {
        if (times > 0) {
            IOCTL(vm.fd, KVM_SIGNAL_MSI, &message);
            continue;
        }
        IOCTL(vm.fd, KVM_IRQ_LINE, &line);
        line.level = 0;
        IOCTL(vm.fd, KVM_IRQ_LINE, &line);
    }
    free_vcpu(&vcpu);
    free_vm(&vm);
}

/* Asked with 0 the client has an interrupt for the guest, with 1 an NMI. */
static void window(const char *name)
{
    struct vm vm = make_vm(kvm, name);
    struct vcpu vcpu = make_vcpu(kvm, &vm, 0);
    struct kvm_interrupt interrupt = { .irq = 0x40 };
    uint8_t asked;
    enum why why;
    while ((why = run(&vcpu, &asked)) != ENDED) {
        if (why == WINDOW) {
            printf("<the window is open>\n");
            IOCTL(vcpu.fd, KVM_INTERRUPT, &interrupt);
            vcpu.run->request_interrupt_window = 0;
        } else if (asked == 1)
            IOCTL(vcpu.fd, KVM_NMI, 0);
        else if (vcpu.run->ready_for_interrupt_injection)
            fail("an interrupt could be injected while IF is 0");
        else
            vcpu.run->request_interrupt_window = 1;
    }
    free_vcpu(&vcpu);
    free_vm(&vm);
}

static void print_dirty(struct vm *vm)
{
    uint64_t bits[MEMORY / 4096 / 64];
    struct kvm_dirty_log log = { .dirty_bitmap = bits };
    IOCTL(vm->fd, KVM_GET_DIRTY_LOG, &log);
    printf("written from 1 MByte on:");
    for (unsigned page = 0x100; page < MEMORY / 4096; page++)
        if (bits[page / 64] >> page % 64 & 1)
            printf(" %x", page);
    printf("\n");
}

static void pages(const char *name)
{
    struct vm vm = make_vm(kvm, name);
    struct kvm_userspace_memory_region region = {
        .memory_size = MEMORY,
        .userspace_addr = (uintptr_t)vm.memory,
        .flags = KVM_MEM_LOG_DIRTY_PAGES,
    };
    IOCTL(vm.fd, KVM_SET_USER_MEMORY_REGION, &region);
    struct vcpu vcpu = make_vcpu(kvm, &vm, 0);
    uint8_t asked;
    run(&vcpu, &asked);
    print_dirty(&vm);
    run(&vcpu, &asked);
    print_dirty(&vm);
    /* The host takes one frame away, and gives memory where the guest had a device. */
    madvise(vm.memory + 0x109000, 4096, MADV_REMOVE);
    uint8_t *more = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(more, "more", 4);
    region = (struct kvm_userspace_memory_region){
        .slot = 1,
        .guest_phys_addr = DEVICE_ADDRESS,
        .memory_size = 4096,
        .userspace_addr = (uintptr_t)more,
        .flags = KVM_MEM_READONLY,
    };
    IOCTL(vm.fd, KVM_SET_USER_MEMORY_REGION, &region);
    run(&vcpu, &asked);
    printf("the device got %x\n", vm.device[0]);
    free_vcpu(&vcpu);
    free_vm(&vm);
}

static void debug(struct vcpu *vcpu, uint32_t control, uint64_t dr0, uint64_t dr7)
{
    struct kvm_guest_debug debug = {
        .control = control,
        .arch.debugreg = { [0] = dr0, [7] = dr7 },
    };
    uint8_t asked;
    IOCTL(vcpu->fd, KVM_SET_GUEST_DEBUG, &debug);
    if (run(vcpu, &asked) != DEBUGGED)
        fail("the guest did not come to its breakpoint");
}

static void steps(const char *name)
{
    struct vm vm = make_vm(kvm, name);
    struct vcpu vcpu = make_vcpu(kvm, &vm, 0);
    struct kvm_regs regs;
    printf("steps to");
    do {
        debug(&vcpu, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP, 0, 0);
        IOCTL(vcpu.fd, KVM_GET_REGS, &regs);
        printf(" %llx", regs.rip);
    } while (regs.rip < LOAD_ADDRESS + 0x40);
    printf("\nTF in the guest's image of its flags: %llx\n", regs.rbx & 0x100);
    uint32_t hardware = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_HW_BP;
    debug(&vcpu, hardware, 0x3000, 0x10402 | 3 << 18);
    IOCTL(vcpu.fd, KVM_GET_REGS, &regs);
    printf("watchpoint: before %llx, DR6 %llx\n", regs.rip, vcpu.run->debug.arch.dr6);
    debug(&vcpu, hardware, LOAD_ADDRESS + 0x80, 0x402);
    IOCTL(vcpu.fd, KVM_GET_REGS, &regs);
    printf("breakpoint: at %llx, DR6 %llx\n", regs.rip, vcpu.run->debug.arch.dr6);
    free_vcpu(&vcpu);
    free_vm(&vm);
}

static void *run_other(void *vcpu)
{
    uint8_t asked;
    run(vcpu, &asked);
    return NULL;
}

static void two(const char *name)
{
    struct vm vm = make_vm(kvm, name);
    IOCTL(vm.fd, KVM_CREATE_IRQCHIP, 0);
    struct vcpu first = make_vcpu(kvm, &vm, 0);
    struct vcpu other = make_vcpu(kvm, &vm, 1);
    pthread_t thread;
    uint8_t asked;
    pthread_create(&thread, NULL, run_other, &other);
    if (run(&first, &asked) != ENDED)
        fail("two processors do not come to their end");
    /* The other one sleeps in KVM for ever; it ends with the program. */
    pthread_detach(thread);
}

static const struct {
    const char *name;
    void (*run)(const char *name);
} tests[] = {
    { "real", plain },       { "long", plain },   { "protected", plain }, { "interrupts", interrupts },
    { "window", window },    { "pages", pages },  { "steps", steps },     { "two", two },
};

static int is_wanted(const char *name, int count, char **names)
{
    for (int at = 1; at < count; at++)
        if (strcmp(names[at], name) == 0)
            return 1;
    return count == 1;
}

int main(int count, char **names)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    kvm = open("/dev/kvm", O_RDWR);
    if (kvm < 0)
        fail("/dev/kvm: %s", strerror(errno));
    printf("version %d of KVM's interface\n", IOCTL(kvm, KVM_GET_API_VERSION, 0));
    for (size_t at = 0; at < sizeof tests / sizeof *tests; at++) {
        if (!is_wanted(tests[at].name, count, names))
            continue;
        printf("--- %s\n", tests[at].name);
        tests[at].run(tests[at].name);
    }
    printf("--- end\n");
}

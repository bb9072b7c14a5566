/* vm.c: a virtual machine by /dev/kvm, and what a run of one of its processors comes to. */

#include "vm.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MAX_CPUID 100
/* Three pages that kvm_intel wants for real mode without unrestricted guests. */
#define TSS_ADDRESS 0xfffbd000
#define TSC_DEADLINE (1 << 24)
#define OWN_LEAF 0x40000100
#define OWN_VALUE 0x52494e47

void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("\nFAILED: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    exit(1);
}

int do_ioctl(int fd, unsigned long request, const char *name, unsigned long argument)
{
    int result = ioctl(fd, request, argument);
    if (result < 0)
        fail("%s: %s", name, strerror(errno));
    return result;
}

struct vm make_vm(int kvm, const char *guest)
{
    struct vm vm = { .fd = IOCTL(kvm, KVM_CREATE_VM, 0) };
    IOCTL(vm.fd, KVM_SET_TSS_ADDR, TSS_ADDRESS);
    vm.memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct kvm_userspace_memory_region region = {
        .memory_size = MEMORY,
        .userspace_addr = (uintptr_t)vm.memory,
    };
    IOCTL(vm.fd, KVM_SET_USER_MEMORY_REGION, &region);
    char path[64];
    snprintf(path, sizeof path, "/guests/%s.bin", guest);
    int file = open(path, O_RDONLY);
    if (file < 0 || read(file, vm.memory + LOAD_ADDRESS, MEMORY - LOAD_ADDRESS) <= 0)
        fail("%s: %s", path, strerror(errno));
    close(file);
    return vm;
}

void free_vm(struct vm *vm)
{
    close(vm->fd);
    munmap(vm->memory, MEMORY);
}

/* All that KVM supports, and a leaf of the tests' own. */
static void set_cpuid(int kvm, int fd, unsigned index)
{
    struct kvm_cpuid2 *cpuid =
        calloc(1, sizeof *cpuid + (MAX_CPUID + 1) * sizeof(struct kvm_cpuid_entry2));
    cpuid->nent = MAX_CPUID;
    IOCTL(kvm, KVM_GET_SUPPORTED_CPUID, cpuid);
    for (unsigned at = 0; at < cpuid->nent; at++)
        if (cpuid->entries[at].function == 1) {
            cpuid->entries[at].ebx = (cpuid->entries[at].ebx & 0xffffff) | index << 24;
            cpuid->entries[at].ecx |= TSC_DEADLINE; /* KVM leaves it to its client */
        }
    cpuid->entries[cpuid->nent++] =
        (struct kvm_cpuid_entry2){ .function = OWN_LEAF, .ebx = OWN_VALUE };
    IOCTL(fd, KVM_SET_CPUID2, cpuid);
    free(cpuid);
}

struct vcpu make_vcpu(int kvm, struct vm *vm, unsigned index)
{
    struct vcpu vcpu = { .vm = vm, .fd = IOCTL(vm->fd, KVM_CREATE_VCPU, index) };
    int size = IOCTL(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
    vcpu.run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu.fd, 0);
    set_cpuid(kvm, vcpu.fd, index);
    if (index > 0)
        return vcpu;
    struct kvm_sregs sregs;
    IOCTL(vcpu.fd, KVM_GET_SREGS, &sregs);
    sregs.cs.base = sregs.cs.selector = 0;
    IOCTL(vcpu.fd, KVM_SET_SREGS, &sregs);
    struct kvm_regs regs = { .rip = LOAD_ADDRESS, .rflags = 2 };
    IOCTL(vcpu.fd, KVM_SET_REGS, &regs);
    return vcpu;
}

void free_vcpu(struct vcpu *vcpu)
{
    close(vcpu->fd);
}

/* An access to a port; returns whether the test is to know of it. */
static int port(struct vcpu *vcpu, uint8_t *asked, enum why *why)
{
    struct kvm_run *run = vcpu->run;
    uint8_t *data = (uint8_t *)run + run->io.data_offset;
    uint32_t number;
    switch (run->io.port) {
    case SAY:
        fwrite(data, run->io.size, run->io.count, stdout);
        return 0;
    case NUMBER:
        memcpy(&number, data, sizeof number);
        printf("%x", number);
        return 0;
    case COUNTER:
        for (uint32_t at = 0; at < run->io.count; at++)
            data[at] = ++vcpu->vm->counter;
        return 0;
    case ASK:
    case DONE:
        *asked = *data;
        *why = run->io.port == ASK ? ASKED : ENDED;
        return 1;
    }
    fail("port %x, which no guest knows", run->io.port);
}

static void device(struct vcpu *vcpu)
{
    struct kvm_run *run = vcpu->run;
    uint8_t *registers = vcpu->vm->device;
    uint64_t offset = run->mmio.phys_addr - DEVICE_ADDRESS;
    if (offset + run->mmio.len > sizeof vcpu->vm->device)
        fail("no memory at %llx", (unsigned long long)run->mmio.phys_addr);
    for (uint32_t at = 0; at < run->mmio.len; at++)
        if (run->mmio.is_write)
            registers[offset + at] = run->mmio.data[at];
        else
            run->mmio.data[at] = ~registers[offset + at];
}

static _Noreturn void unexpected(struct vcpu *vcpu)
{
    struct kvm_run *run = vcpu->run;
    struct kvm_regs regs = { 0 };
    ioctl(vcpu->fd, KVM_GET_REGS, &regs);
    fail("exit %u at %llx, %s %llx", run->exit_reason, regs.rip,
         run->exit_reason == KVM_EXIT_INTERNAL_ERROR ? "suberror" : "reason",
         run->exit_reason == KVM_EXIT_INTERNAL_ERROR
             ? (unsigned long long)run->internal.suberror
             : (unsigned long long)run->fail_entry.hardware_entry_failure_reason);
}

enum why run(struct vcpu *vcpu, uint8_t *asked)
{
    enum why why;
    for (;;) {
        if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
            /* EAGAIN: it has waited for a start-up IPI, and one has come. */
            if (errno == EINTR || errno == EAGAIN)
                continue;
            fail("KVM_RUN: %s", strerror(errno));
        }
        uint32_t reason = vcpu->run->exit_reason;
        if (reason < REASONS)
            vcpu->exits[reason]++;
        switch (reason) {
        case KVM_EXIT_IO:
            if (port(vcpu, asked, &why))
                return why;
            break;
        case KVM_EXIT_MMIO:
            device(vcpu);
            break;
        case KVM_EXIT_HLT:
            return HALTED;
        case KVM_EXIT_IRQ_WINDOW_OPEN:
            return WINDOW;
        case KVM_EXIT_DEBUG:
            return DEBUGGED;
        default:
            unexpected(vcpu);
        }
    }
}

/* The file of statistics says itself where it has what (Documentation/virt/kvm/api.rst, 4.133). */
long long statistic(struct vcpu *vcpu, const char *name)
{
    int fd = IOCTL(vcpu->fd, KVM_GET_STATS_FD, 0);
    struct kvm_stats_header header;
    long long value = -1;
    if (pread(fd, &header, sizeof header, 0) != sizeof header)
        fail("no statistics");
    size_t size = sizeof(struct kvm_stats_desc) + header.name_size;
    struct kvm_stats_desc *row = malloc(size);
    for (uint32_t at = 0; at < header.num_desc && value < 0; at++) {
        if (pread(fd, row, size, header.desc_offset + at * size) != (ssize_t)size)
            fail("no row of statistics");
        if (strcmp((char *)row + sizeof *row, name) == 0 &&
            pread(fd, &value, sizeof value, header.data_offset + row->offset) != sizeof value)
            fail("no value of statistics");
    }
    free(row);
    close(fd);
    return value;
}

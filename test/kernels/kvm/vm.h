/* vm.h: a virtual machine by /dev/kvm, and what a run of one of its processors comes to. */

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY 0x200000
#define LOAD_ADDRESS 0x1000
#define DEVICE_ADDRESS 0x10000000
#define REASONS 64

/* Ports of the guests, as guest.inc has them. */
enum { SAY = 0xe9, NUMBER, ASK, COUNTER, DONE };

struct vm {
    int fd;
    uint8_t *memory;
    uint8_t device[64];
    uint8_t counter;
};

struct vcpu {
    struct vm *vm;
    int fd;
    struct kvm_run *run;
    uint32_t exits[REASONS]; /* by KVM_EXIT_… */
};

enum why { HALTED, ASKED, ENDED, WINDOW, DEBUGGED };

struct vm make_vm(int kvm, const char *guest);
void free_vm(struct vm *vm);
struct vcpu make_vcpu(int kvm, struct vm *vm, unsigned index);
void free_vcpu(struct vcpu *vcpu);
/* Until the guest or KVM wants something that only the test knows; *asked is the byte of ASK. */
enum why run(struct vcpu *vcpu, uint8_t *asked);
/* One of KVM's statistics of a processor, such as "exits"; -1 where it has none of this name. */
long long statistic(struct vcpu *vcpu, const char *name);
/* ioctl, which ends the program where it fails. */
int do_ioctl(int fd, unsigned long request, const char *name, unsigned long argument);
_Noreturn void fail(const char *format, ...);

#define IOCTL(fd, request, argument) \
    do_ioctl(fd, request, #request, (unsigned long)(argument))

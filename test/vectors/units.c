/*
 * Executes single x87 and SSE instructions on the processor it runs on, in ring 3, and tells what they did.
 * units.ts feeds it. RBX points to the memory.
 *
 * stdin:  records of 15 code bytes, 1 length byte, RAX, RFLAGS, 512 bytes as FXRSTOR loads them, 128 of memory
 * stdout: records of RAX, RFLAGS, 512 bytes as FXSAVE stores them, 128 of memory, and 8 of which the first is 0
 *         or the signal
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define CODE 0x30000000u
#define STATE 0x31000000u

struct state {
  uint64_t rax;
  uint64_t flags;
  uint8_t image[512];
  uint8_t memory[128];
  uint64_t status;
  uint64_t host_rsp;
};

static struct state *const state = (struct state *)(uintptr_t)STATE;
static sigjmp_buf recovery;
static uint8_t *out;

static void emit(const void *bytes, int n) { memcpy(out, bytes, n); out += n; }
/* An instruction with an absolute address: its opcode up to and with modrm and sib, and the address. */
static void with_address(const char *bytes, int n, uint32_t address) {
  emit(bytes, n);
  emit(&address, 4);
}
#define FIELD(name) (STATE + (uint32_t)offsetof(struct state, name))

static void build(const uint8_t *instruction, int length) {
  out = (uint8_t *)(uintptr_t)CODE;
  emit("\x53\x55\x41\x54", 4);                                     /* push rbx, rbp, r12 */
  with_address("\x48\x0f\xae\x0c\x25", 5, FIELD(image));           /* fxrstor64 */
  with_address("\x48\xc7\xc3", 3, FIELD(memory));                  /* mov rbx, memory */
  with_address("\xff\x34\x25", 3, FIELD(flags));                   /* push flags */
  with_address("\x48\x8b\x04\x25", 4, FIELD(rax));                 /* mov rax, [rax] */
  emit("\x9d", 1);                                                 /* popfq */
  emit(instruction, length);
  emit("\x9c", 1);                                                 /* pushfq */
  with_address("\x48\x89\x04\x25", 4, FIELD(rax));                 /* mov [rax], rax */
  with_address("\x8f\x04\x25", 3, FIELD(flags));                   /* pop flags */
  with_address("\x48\x0f\xae\x04\x25", 5, FIELD(image));           /* fxsave64 */
  emit("\xdb\xe3\x41\x5c\x5d\x5b\xc3", 7);                         /* fninit, pop r12, rbp, rbx, ret */
}

static void on_signal(int number, siginfo_t *info, void *context) {
  (void)info;
  ucontext_t *saved = context;
  memcpy(state->image, saved->uc_mcontext.fpregs, 416);
  state->flags = saved->uc_mcontext.gregs[REG_EFL];
  siglongjmp(recovery, number);
}

int main(void) {
  mmap((void *)(uintptr_t)CODE, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)(uintptr_t)STATE, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP};
  for (int i = 0; i < 5; i++) {
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(signals[i], &action, NULL);
  }
  uint8_t code[16];
  while (fread(code, 16, 1, stdin) == 1) {
    if (fread(state, 16 + 512 + 128, 1, stdin) != 1) return 1;
    build(code, code[15]);
    state->status = sigsetjmp(recovery, 0);
    if (state->status == 0) ((void (*)(void))(uintptr_t)CODE)();
    __asm__ volatile("fninit; ldmxcsr %0" : : "m"((uint32_t){0x1f80}));
    fwrite(state, 16 + 512 + 128 + 8, 1, stdout);
  }
  return 0;
}

/*
 * Executes single instructions on the processor it runs on, in ring 3, and tells what they did.
 * record.mjs feeds it; the recorded results are what src/processor/vectors.test.ts compares with.
 *
 * stdin:  records of 15 code bytes, 1 length byte, 16 registers, RFLAGS, 64 bytes of memory
 * stdout: records of 1 status byte (0 or the signal), 16 registers, RFLAGS, 64 bytes of memory
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stddef.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define CODE 0x30000000u
#define STATE 0x31000000u
#define DATA 0x20000000u
#define DATA_SIZE 0x10000u
#define MEMORY_OFFSET 0x8000u

struct state {
  uint64_t gpr[16];
  uint64_t flags;
  uint64_t host_rsp;
  uint64_t flag_stack[8];
};

static struct state *const state = (struct state *)(uintptr_t)STATE;
static uint8_t *const code = (uint8_t *)(uintptr_t)CODE;
static uint8_t *const memory = (uint8_t *)(uintptr_t)(DATA + MEMORY_OFFSET);
static sigjmp_buf recovery;
static uint8_t *out;

static void emit(const void *bytes, int n) { memcpy(out, bytes, n); out += n; }
static void emit32(uint32_t v) { emit(&v, 4); }
/* mov between a 64-bit register and an absolute address: REX.W opcode modrm sib disp32 */
static void move(int opcode, int reg, uint32_t address) {
  uint8_t head[4] = {0x48 | (reg >= 8 ? 4 : 0), opcode, 0x04 | ((reg & 7) << 3), 0x25};
  emit(head, 4);
  emit32(address);
}
#define LOAD(reg, field) move(0x8b, reg, STATE + offsetof(struct state, field))
#define STORE(reg, field) move(0x89, reg, STATE + offsetof(struct state, field))


static void build(const uint8_t *instruction, int length) {
  out = code;
  emit("\x53\x55\x41\x54\x41\x55\x41\x56\x41\x57", 10); /* push rbx rbp r12..r15 */
  STORE(4, host_rsp);
  LOAD(0, flags);
  move(0x89, 0, STATE + offsetof(struct state, flag_stack[4]));
  /* mov rsp, &flag_stack[4]; popfq */
  emit("\x48\xc7\xc4", 3);
  emit32(STATE + offsetof(struct state, flag_stack[4]));
  emit("\x9d", 1);
  for (int r = 0; r < 16; r++) move(0x8b, r, STATE + 8 * r);
  emit(instruction, length);
  for (int r = 0; r < 16; r++) move(0x89, r, STATE + 8 * r);
  emit("\x48\xc7\xc4", 3);
  emit32(STATE + offsetof(struct state, flag_stack[5]));
  emit("\x9c\x58", 2); /* pushfq; pop rax */
  STORE(0, flags);
  LOAD(4, host_rsp);
  emit("\x41\x5f\x41\x5e\x41\x5d\x41\x5c\x5d\x5b\xc3", 11);
}

static void on_signal(int number) { siglongjmp(recovery, number); }

int main(void) {
  mmap((void *)(uintptr_t)CODE, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)(uintptr_t)STATE, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)(uintptr_t)DATA, DATA_SIZE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  static uint8_t alternate[65536];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  sigaltstack(&stack, NULL);
  int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP};
  for (int i = 0; i < 5; i++) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(signals[i], &action, NULL);
  }
  uint8_t record[16 + 17 * 8 + 64];
  while (fread(record, sizeof record, 1, stdin) == 1) {
    memset((void *)(uintptr_t)DATA, 0, DATA_SIZE);
    memcpy(state->gpr, record + 16, 17 * 8);
    memcpy(memory, record + 16 + 17 * 8, 64);
    build(record, record[15]);
    uint8_t status = sigsetjmp(recovery, 1);
    if (status == 0) ((void (*)(void))code)();
    fwrite(&status, 1, 1, stdout);
    fwrite(state->gpr, 17 * 8, 1, stdout);
    fwrite(memory, 64, 1, stdout);
  }
  return 0;
}

/*
 * Executes single instructions on the processor it runs on, in ring 3, and tells what they did to all of
 * its user-mode state. test/vectors/record.ts feeds it.
 *
 * stdin:  records of 15 code bytes, 1 length byte, 16 registers, RFLAGS, 128 bytes of memory, an XSAVE image
 * stdout: records of 1 status byte (0 or the signal), 16 registers, RFLAGS, memory and image
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define CODE 0x30000000u
#define STATE 0x31000000u
#define DATA 0x20000000u
#define DATA_SIZE 0x10000u
#define MEMORY_OFFSET 0x8000u
#define MEMORY_SIZE 128
#define IMAGE_SIZE 832

struct state {
  uint64_t gpr[16];
  uint64_t flags;
  uint64_t host_rsp;
  uint64_t flag_stack[8];
  uint32_t host_mxcsr;
  __attribute__((aligned(64))) uint8_t image[IMAGE_SIZE];
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

/* mov eax, 7; xor edx, edx; then an instruction of group 0F AE with the image as its operand */
static void transfer(const char *instruction) {
  emit("\xb8\x07\x00\x00\x00\x31\xd2", 7);
  emit(instruction, 5);
  emit32(STATE + offsetof(struct state, image));
}

static void build(const uint8_t *instruction, int length) {
  out = code;
  emit("\x53\x55\x41\x54\x41\x55\x41\x56\x41\x57", 10); /* push rbx rbp r12..r15 */
  STORE(4, host_rsp);
  transfer("\x48\x0f\xae\x2c\x25"); /* xrstor64 */
  LOAD(0, flags);
  move(0x89, 0, STATE + offsetof(struct state, flag_stack[4]));
  emit("\x48\xc7\xc4", 3); /* mov rsp, &flag_stack[4]; popfq */
  emit32(STATE + offsetof(struct state, flag_stack[4]));
  emit("\x9d", 1);
  for (int r = 0; r < 16; r++) move(0x8b, r, STATE + 8 * r);
  emit(instruction, length);
  for (int r = 0; r < 16; r++) move(0x89, r, STATE + 8 * r);
  emit("\x48\xc7\xc4", 3);
  emit32(STATE + offsetof(struct state, flag_stack[5]));
  emit("\x9c\x58", 2); /* pushfq; pop rax */
  STORE(0, flags);
  transfer("\x48\x0f\xae\x24\x25"); /* xsave64 */
  LOAD(4, host_rsp);
  emit("\xdb\xe3\xc5\xf8\x77\x0f\xae\x14\x25", 9); /* fninit; vzeroupper; ldmxcsr */
  emit32(STATE + offsetof(struct state, host_mxcsr));
  emit("\xfc\x41\x5f\x41\x5e\x41\x5d\x41\x5c\x5d\x5b\xc3", 12);
}

static void on_signal(int number) { siglongjmp(recovery, number); }

int main(void) {
  mmap((void *)(uintptr_t)CODE, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)(uintptr_t)STATE, 8192, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)(uintptr_t)DATA, DATA_SIZE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  state->host_mxcsr = 0x1f80;
  static uint8_t alternate[65536];
  stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
  sigaltstack(&stack, NULL);
  int signals[] = {SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP};
  for (int i = 0; i < 5; i++) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(signals[i], &action, NULL);
  }
  static uint8_t record[16 + 17 * 8 + MEMORY_SIZE + IMAGE_SIZE];
  while (fread(record, sizeof record, 1, stdin) == 1) {
    const uint8_t *at = record + 16;
    memset((void *)(uintptr_t)(DATA + MEMORY_OFFSET - 256), 0, 1024);
    memcpy(state->gpr, at, 17 * 8);
    memcpy(memory, at += 17 * 8, MEMORY_SIZE);
    memcpy(state->image, at += MEMORY_SIZE, IMAGE_SIZE);
    build(record, record[15]);
    uint8_t status = sigsetjmp(recovery, 0);
    if (status == 0) ((void (*)(void))code)();
    fwrite(&status, 1, 1, stdout);
    fwrite(state->gpr, 17 * 8, 1, stdout);
    fwrite(memory, MEMORY_SIZE, 1, stdout);
    fwrite(state->image, IMAGE_SIZE, 1, stdout);
  }
  return 0;
}

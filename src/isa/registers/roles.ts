import type { GprName } from './general';

/** What registers are for, in one sentence each (English; translate on display). */

/** By convention or because instructions choose them without being told (SDM 1 3.4.1). */
export const GPR_GLOSSES: Readonly<Record<GprName, string>> = {
  RAX: 'Accumulator: MUL, DIV, IN, OUT, CPUID, RDMSR and others use it without naming it.',
  RCX: 'Counter: of REP, LOOP and, as CL, of shifts; the number of the MSR in RDMSR and WRMSR.',
  RDX: 'Data: the upper half in MUL, DIV, RDMSR and RDTSC; as DX the number of the port in IN and OUT.',
  RBX: 'Base: the only one of the first four that 16-bit addresses can use.',
  RSP: 'Stack pointer: PUSH, POP, CALL, RET and interrupts use it.',
  RBP: 'Frame pointer: addresses through it use SS; it marks the present procedure’s frame.',
  RSI: 'Source of string instructions.',
  RDI: 'Destination of string instructions, in ES.',
  R8: 'General-purpose register of 64-bit mode.',
  R9: 'General-purpose register of 64-bit mode.',
  R10: 'General-purpose register of 64-bit mode.',
  R11: 'General-purpose register of 64-bit mode; SYSCALL saves RFLAGS in it.',
  R12: 'General-purpose register of 64-bit mode.',
  R13: 'General-purpose register of 64-bit mode.',
  R14: 'General-purpose register of 64-bit mode.',
  R15: 'General-purpose register of 64-bit mode.',
};

/** Registers of which there are many alike, by what their names begin with. */
export const CLASS_GLOSSES: Readonly<Record<string, string>> = {
  cr0: 'Control register: switches protected mode, paging and write protection.',
  cr2: 'The address whose access raised the last page fault.',
  cr3: 'The physical address of the top paging structure: an address space.',
  cr4: 'Control register: switches extensions of the architecture.',
  cr8: 'The task priority: interrupts of this class and below wait.',
  dr0: 'The address of breakpoint 0.',
  dr1: 'The address of breakpoint 1.',
  dr2: 'The address of breakpoint 2.',
  dr3: 'The address of breakpoint 3.',
  dr6: 'Which debug condition was met.',
  dr7: 'Which breakpoints are enabled, and what they wait for.',
  xmm: 'Vector register of 128 bits: SSE and AVX.',
  ymm: 'Vector register of 256 bits: AVX. Its lower half is the XMM register.',
  zmm: 'Vector register of 512 bits: AVX-512. Its lower half is the YMM register.',
  mm: 'MMX register of 64 bits, shared with the x87 registers.',
  st: 'x87 register of 80 bits; ST0 is the top of the stack.',
  k: 'Mask register: which elements an AVX-512 instruction touches.',
  bnd: 'Bounds register (MPX, no longer in new processors).',
  tmm: 'Tile register: AMX.',
};

import type { InterruptEvent } from '../events/event';

/**
 * What an instruction asks of VMX before it acts (SDM 3C 26.1: instructions that cause VM exits).
 * Each method returns when the instruction may go on, and otherwise performs the VM exit and throws
 * WorldSwitch. In root operation, and without VMX, nothing is intercepted.
 */
export interface NonRootOperation {
  readonly active: boolean;
  /** CPUID, GETSEC, INVD, XSETBV and the VMX instructions: always exit. */
  unconditional(reason: number, qualification?: bigint): void;
  halt(): void;
  pause(): void;
  invlpg(linear: bigint): void;
  rdtsc(reason: number): void;
  rdpmc(): void;
  wbinvd(): void;
  rdmsr(index: number): void;
  wrmsr(index: number): void;
  portAccess(access: PortAccess): void;
  /** MOV DR. */
  debugRegister(number: number, read: boolean, gpr: number): void;
  /** LGDT, LIDT, SGDT, SIDT (46), LLDT, LTR, SLDT, STR (47), with the instruction information. */
  descriptorTable(reason: number): void;
  /** MOV to CR0, CR3, CR4 or CR8: gives the value to be written, masked bits kept. */
  writeControlRegister(number: number, value: bigint, gpr: number): bigint;
  /** MOV from a control register: gives the value that the guest is to see. */
  readControlRegister(number: number, value: bigint, gpr: number): bigint;
  /** A value on its way into CR0 or CR4: bits that VMX fixes (SDM 3C 24.8). @throws Fault #GP(0) */
  checkControlRegister(number: number, value: bigint): void;
  clts(): 'write' | 'ignore';
  lmsw(source: number, linear: bigint | undefined): number;
  /** What the guest reads from the TSC: offset added. */
  timeStamp(tsc: bigint): bigint;
  task(selector: number, source: number): void;

  /** Before each instruction: does a VM exit that is due (timer, window, trap flag) and tells so. */
  boundary(): boolean;
  /** How many instructions may run before `boundary` has to be asked again. */
  instructionLimit(): number;
  /** An exception about to be delivered; `during` is the event whose delivery raised it. */
  exception(event: InterruptEvent, during: InterruptEvent | undefined): boolean;
  /** An external interrupt is requested: true when it caused a VM exit. */
  externalInterrupt(): boolean;
  tripleFault(): boolean;
  /** A VM exit with reason "monitor trap flag" is due before the next instruction. */
  pendTrapFlag(): void;
  /** A VM exit is under way: the preemption timer's value is to be saved. */
  saveTimer(): void;
}

export interface PortAccess {
  readonly port: number;
  readonly bytes: 1 | 2 | 4;
  readonly input: boolean;
  readonly string: boolean;
  readonly repeated: boolean;
  readonly immediate: boolean;
  /** The linear address of a string access's memory operand. */
  readonly linear?: bigint;
}

/** Root operation, and a processor without VMX in use. */
export const ROOT_OPERATION: NonRootOperation = {
  active: false,
  unconditional: () => undefined,
  halt: () => undefined,
  pause: () => undefined,
  invlpg: () => undefined,
  rdtsc: () => undefined,
  rdpmc: () => undefined,
  wbinvd: () => undefined,
  rdmsr: () => undefined,
  wrmsr: () => undefined,
  portAccess: () => undefined,
  debugRegister: () => undefined,
  descriptorTable: () => undefined,
  writeControlRegister: (_number, value) => value,
  readControlRegister: (_number, value) => value,
  checkControlRegister: () => undefined,
  clts: () => 'write',
  lmsw: (source) => source,
  timeStamp: (tsc) => tsc,
  task: () => undefined,
  boundary: () => false,
  instructionLimit: () => Number.MAX_SAFE_INTEGER,
  exception: () => false,
  externalInterrupt: () => false,
  tripleFault: () => false,
  pendTrapFlag: () => undefined,
  saveTimer: () => undefined,
};

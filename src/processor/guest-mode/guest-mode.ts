import type { InterruptEvent } from '../events/event';

/**
 * What guest mode is to an instruction, and to what goes on between two of them: VMX non-root
 * operation (SDM 3C chapter 26) or SVM's guest mode (APM 2 chapter 15). Outside guest mode
 * `ROOT_OPERATION` answers, and nothing is intercepted.
 *
 * An instruction asks under its own name before it acts. The answer is that it may go on; otherwise
 * the method leaves guest mode (a VM exit, #VMEXIT) and throws WorldSwitch.
 */
export interface GuestMode extends InstructionIntercepts, RegisterIntercepts, EventIntercepts {
  /** Whether the processor is in guest mode. */
  readonly active: boolean;
}

/** Instructions that may leave guest mode instead of doing their work. */
export interface InstructionIntercepts {
  cpuid(): void;
  hlt(): void;
  pause(): void;
  invd(): void;
  wbinvd(): void;
  /** @param linear the linear address of the operand */
  invlpg(linear: bigint): void;
  rdtsc(): void;
  rdtscp(): void;
  rdpmc(): void;
  /** @param index the number of the MSR, from ECX */
  rdmsr(index: number): void;
  wrmsr(index: number): void;
  /** IN, OUT, INS, OUTS. */
  portAccess(access: PortAccess): void;
  descriptorTable(instruction: DescriptorTableInstruction): void;
  vmxInstruction(instruction: VmxInstruction): void;
}

/** Registers of which a guest may be given another view. */
export interface RegisterIntercepts {
  /** MOV to CR0, CR3, CR4 or CR8 from a general register: gives the value to be written. */
  writeControlRegister(number: number, value: bigint, gpr: number): bigint;
  /** MOV from a control register: gives the value that the guest is to see. */
  readControlRegister(number: number, value: bigint, gpr: number): bigint;
  /** A value on its way into CR0 or CR4. @throws Fault #GP(0) when guest mode forbids it */
  checkControlRegister(number: number, value: bigint): void;
  clts(): 'write' | 'ignore';
  /**
   * @param source the operand, 16 bits
   * @param linear its linear address, when it lies in memory
   * @returns what is to be written to CR0's low 4 bits
   */
  lmsw(source: number, linear: bigint | undefined): number;
  /** MOV DR. */
  debugRegister(number: number, read: boolean, gpr: number): void;
  /** What the guest reads from the time-stamp counter. */
  timeStamp(tsc: bigint): bigint;
}

/** Events, and what is due between two instructions. */
export interface EventIntercepts {
  /** Before each instruction: leaves guest mode when something is due, and tells so. */
  boundary(): boolean;
  /** How many instructions may run before `boundary` has to be asked again. */
  instructionLimit(): number;
  /**
   * An exception is about to be delivered.
   * @param during the event whose delivery raised it
   */
  exception(event: InterruptEvent, during: InterruptEvent | undefined): boolean;
  /** An external interrupt is requested: true when guest mode was left because of it. */
  externalInterrupt(): boolean;
  /** A third fault: false when the processor is to shut down. */
  tripleFault(): boolean;
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

export type DescriptorTableInstruction =
  'SGDT' | 'SIDT' | 'LGDT' | 'LIDT' | 'SLDT' | 'STR' | 'LLDT' | 'LTR';

export type VmxInstruction =
  | 'VMCALL'
  | 'VMCLEAR'
  | 'VMLAUNCH'
  | 'VMPTRLD'
  | 'VMPTRST'
  | 'VMREAD'
  | 'VMRESUME'
  | 'VMWRITE'
  | 'VMXOFF'
  | 'VMXON'
  | 'INVEPT'
  | 'INVVPID';

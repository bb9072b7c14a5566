import type { InterruptEvent } from '../events/event';

/**
 * What guest mode is to an instruction, and to what goes on between two of them: VMX non-root
 * operation (SDM 3C chapter 26) or SVM's guest mode (APM 2 chapter 15). Outside guest mode
 * `ROOT_OPERATION` answers, and nothing is intercepted.
 *
 * An instruction asks under its own name before it acts.
 */
export interface GuestMode extends InstructionIntercepts, RegisterIntercepts, EventIntercepts {
  /** Whether the processor is in guest mode. */
  readonly active: boolean;
}

/**
 * Instructions that may leave guest mode (by a VM exit, #VMEXIT) instead of doing their work. Each
 * method returns whether it did; the slow path then returns 'left'.
 */
export interface InstructionIntercepts {
  cpuid(): boolean;
  hlt(): boolean;
  pause(): boolean;
  invd(): boolean;
  wbinvd(): boolean;
  /** @param linear the linear address of the operand */
  invlpg(linear: bigint): boolean;
  rdtsc(): boolean;
  rdtscp(): boolean;
  rdpmc(): boolean;
  /** @param index the number of the MSR, from ECX */
  rdmsr(index: number): boolean;
  wrmsr(index: number): boolean;
  /** IN, OUT, INS, OUTS. */
  portAccess(access: PortAccess): boolean;
  /** MOV DR, to or from a general register. */
  debugRegister(number: number, read: boolean, gpr: number): boolean;
  descriptorTable(instruction: DescriptorTableInstruction): boolean;
  vmxInstruction(instruction: VmxInstruction): boolean;
  /** An instruction of SVM, of which EFER.SVME, the privilege level and rAX have been checked. */
  svmInstruction(instruction: SvmInstruction): boolean;
  pushf(): boolean;
  popf(): boolean;
  iret(): boolean;
  /** INT n with this vector; not INT3, INTO and INT1. */
  softwareInterrupt(vector: number): boolean;
  /** INT1. */
  icebp(): boolean;
  /** Outside of system-management mode. */
  rsm(): boolean;
  /**
   * An x87 instruction that waits has met a pending exception, with CR0.NE = 0. WorldSwitch tells that guest mode was
   * left.
   */
  ferrFreeze(): void;
  /** In guest mode only. @throws Fault #UD where the VMM has not enabled VM functions */
  vmfunc(): boolean;
  /** Its operand is a descriptor in memory. */
  invpcid(): boolean;
  rdrand(): boolean;
  rdseed(): boolean;
  /** @param check makes the exceptions of its operands, for whoever has them before leaving */
  monitor(check: () => void): boolean;
  /**
   * @param armed whether there is a line that MONITOR watches
   * @param check as of `monitor`
   */
  mwait(armed: boolean, check: () => void): boolean;
  /** Its privilege level has not been checked. @throws Fault #GP(0) where that comes before leaving */
  xsetbv(): boolean;
  xsaves(): boolean;
  xrstors(): boolean;
  /** @throws Fault #UD for an instruction that guest mode has only where the VMM enables it */
  requireEnabled(instruction: EnabledInstruction): void;
  /**
   * A task switch whose TSS has been checked. By a gate in the IDT, WorldSwitch tells that guest mode was left.
   *
   * @param flags RFLAGS as the outgoing TSS would have it
   */
  taskSwitch(selector: number, source: 'call' | 'iret' | 'jmp' | 'gate', flags: bigint): boolean;
}

/**
 * Registers of which a guest may be given another view. An access that leaves guest mode throws
 * WorldSwitch.
 */
export interface RegisterIntercepts {
  /** MOV to a control register from a general register: gives the value to be written. */
  writeControlRegister(number: number, value: bigint, gpr: number): bigint;
  /** MOV from a control register: gives the value that the guest is to see. */
  readControlRegister(number: number, value: bigint, gpr: number): bigint;
  /**
   * A value on its way into a control register, which the architecture allows.
   *
   * @param gpr the general register that MOV takes it from; undefined where it is not MOV
   * @throws Fault #GP(0) when guest mode forbids it
   */
  checkControlRegister(number: number, value: bigint, gpr?: number): void;
  /** A control register, or EFER, has been written by an instruction. */
  written(register: number | 'EFER'): void;
  /** CR8 as the guest sees it, where that is another than the processor's. */
  taskPriority(): bigint | undefined;
  /** MOV to CR8 of a value up to 15: whether it went to what the guest sees instead. */
  setTaskPriority(value: bigint): boolean;
  /** RDMSR that does not leave guest mode: what the guest reads, where that is not the MSR. */
  virtualMsr(index: number): bigint | undefined;
  /** WRMSR that does not leave guest mode: whether it did not go to the MSR. @throws Fault #GP(0) */
  setVirtualMsr(index: number, value: bigint): boolean;
  clts(): 'write' | 'ignore';
  /**
   * @param source reads the operand, 16 bits
   * @param linear its linear address, when it lies in memory
   * @returns what is to be written to CR0's low 4 bits
   */
  lmsw(source: () => number, linear: bigint | undefined): number;
  /** What the guest reads from the time-stamp counter. */
  timeStamp(tsc: bigint): bigint;
}

/**
 * Events, and what is due between two instructions. Whether guest mode was left is told by the result
 * or by WorldSwitch.
 */
export interface EventIntercepts {
  /** Before each instruction, first of all: leaves guest mode when a trap flag of its own is due. */
  trapFlag(): void;
  /** The time, in units of `Processor.time`, at which guest mode ends by itself, if it ever does. */
  deadline(): number | undefined;
  /** Before each instruction: leaves guest mode when something is due, and tells so. */
  boundary(): boolean;
  /** IRET is done: whether it ends the blocking of NMIs, where guest mode has not one of its own that it has ended. */
  unblocksNmis(): boolean;
  /** Whether NMIs and SMIs wait (SVM, while the global interrupt flag is 0). */
  readonly holdsSignals: boolean;
  /** Whether the blocking of NMIs is that of the guest's virtual ones, which does not hold others. */
  readonly hasVirtualNmis: boolean;
  /** An NMI is taken: false when it is to be delivered through the IDT. */
  nmi(event: InterruptEvent): boolean;
  /** An SMI is taken. */
  smi(): void;
  /** Whether `trapFlag` is to be asked after each iteration of a repeated string instruction. */
  readonly stepsIterations: boolean;
  /** How many instructions may run before `boundary` has to be asked again. */
  instructionLimit(): number;
  /** Whether an exception leaves guest mode where the guest raises it, whatever the guest's handler is. */
  takesException(event: InterruptEvent): boolean;
  /**
   * An exception is about to be delivered.
   * @param during the event whose delivery raised it
   */
  exception(event: InterruptEvent, during: InterruptEvent | undefined): boolean;
  /**
   * Whether an external interrupt would be recognized.
   *
   * @param enabled RFLAGS.IF
   */
  recognizesInterrupts(enabled: boolean): boolean;
  /** Breakpoints of the debug registers come to nothing (SVM, while the global interrupt flag is 0). */
  readonly discardsBreakpoints: boolean;
  /** An external interrupt is recognized: false when it is to be delivered through the IDT. */
  externalInterrupt(): boolean;
  /** An INIT signal has come, which nothing holds off. */
  initSignal(): boolean;
  /** A start-up IPI has come in the wait-for-SIPI state. */
  startUpIpi(vector: number): boolean;
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

/** Instructions that do not exist in guest mode unless the VMM wants it. */
export type EnabledInstruction = 'RDTSCP' | 'RDPID' | 'INVPCID' | 'XSAVES' | 'XRSTORS';

export type DescriptorTableInstruction =
  'SGDT' | 'SIDT' | 'LGDT' | 'LIDT' | 'SLDT' | 'STR' | 'LLDT' | 'LTR';

export type SvmInstruction =
  'VMRUN' | 'VMMCALL' | 'VMLOAD' | 'VMSAVE' | 'STGI' | 'CLGI' | 'SKINIT' | 'INVLPGA';

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

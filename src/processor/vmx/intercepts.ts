import { Vector } from '../../isa/exceptions';
import { Rflags } from '../../isa/registers/flags';
import { Msr } from '../../isa/registers/msr';
import {
  ExitControl,
  PinBasedControl,
  PrimaryControl,
  SECONDARY_CONTROLS,
  SecondaryControl,
} from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import type { InterruptEvent } from '../events/event';
import { requestedComponents } from '../extended-state/components';
import type {
  DescriptorTableInstruction,
  EnabledInstruction,
  GuestMode,
  PortAccess,
  VmxInstruction,
} from '../guest-mode/guest-mode';
import { undefinedOpcode } from '../faults';
import { notEnabledByVmm } from '../reasons/instructions';
import type { Persistent } from '../persistent';
import type { Controls } from './controls';
import {
  addressInformation,
  destinationInformation,
  descriptorTableInformation,
  operandInformation,
  secondRegister,
  vmxInstructionInformation,
  vmxInstructionQualification,
} from './instruction-information';
import { encodingOperand } from './field-operands';
import { NonRootRegisters } from './non-root-registers';
import { PauseLoop, type PauseLoopState } from './pause-loop';
import type { VirtualApicState } from './virtual-apic/virtual-apic';
import { callVmFunction } from './vm-functions';

/** The secondary controls without which instructions do not exist (SDM 3C 25.6.2). */
const ENABLING = {
  RDTSCP: 'ENABLE_RDTSCP',
  RDPID: 'ENABLE_RDTSCP',
  INVPCID: 'ENABLE_INVPCID',
  XSAVES: 'ENABLE_XSAVES',
  XRSTORS: 'ENABLE_XSAVES',
} as const satisfies Record<EnabledInstruction, keyof typeof SecondaryControl>;

/** What is in force between a VM entry and the next VM exit, beside the VMCS. */
export interface NonRootState {
  readonly controls: Controls;
  /** The time at which the VMX-preemption timer comes to 0. */
  readonly timerDeadline: number | undefined;
  readonly trapFlagPending: boolean;
  readonly workAtEntry: number;
  readonly apic: VirtualApicState;
  readonly pauseLoop: PauseLoopState;
}

/** VMX non-root operation: what of the guest's doings causes VM exits (SDM 3C 26.1 to 26.3). */
export class Intercepts extends NonRootRegisters implements GuestMode, Persistent<NonRootState> {
  readonly active = true;
  private timerDeadline: number | undefined;
  private trapFlagPending = false;
  private readonly pauseLoop = new PauseLoop();
  /** What the processor had done at the VM entry: the trap flag acts once it has done more. */
  private workAtEntry = 0;

  /** A VM entry has loaded the guest: these controls are in force until the next VM exit. */
  begin(controls: Controls): void {
    this.controls = controls;
    this.trapFlagPending = false;
    this.workAtEntry = this.cpu.work;
    this.timerDeadline = undefined;
    this.apic.begin(controls);
    this.pauseLoop.begin();
    if (controls.pin & PinBasedControl.ACTIVATE_PREEMPTION_TIMER) {
      // The timer counts with the TSC (IA32_VMX_MISC bits 4:0 are 0).
      const ticks = this.vmcs.readNumber(Field.VMX_PREEMPTION_TIMER_VALUE);
      this.timerDeadline = this.cpu.time + ticks;
    }
  }

  save(): NonRootState {
    const { controls, timerDeadline, trapFlagPending, workAtEntry } = this;
    const [apic, pauseLoop] = [this.apic.save(), this.pauseLoop.save()];
    return { controls, timerDeadline, trapFlagPending, workAtEntry, apic, pauseLoop };
  }

  restore(state: NonRootState): void {
    this.controls = state.controls;
    this.timerDeadline = state.timerDeadline;
    this.trapFlagPending = state.trapFlagPending;
    this.workAtEntry = state.workAtEntry;
    this.apic.restore(state.apic, state.controls);
    this.pauseLoop.restore(state.pauseLoop);
  }

  cpuid(): boolean {
    return this.leaveInstruction(ExitReason.CPUID);
  }

  invd(): boolean {
    return this.leaveInstruction(ExitReason.INVD);
  }

  vmxInstruction(instruction: VmxInstruction): boolean {
    if (this.isShadowed(instruction)) return false;
    const information = vmxInstructionInformation(this.cpu, instruction);
    const qualification = vmxInstructionQualification(this.cpu);
    return this.leaveInstruction(ExitReason[instruction], qualification, information);
  }

  /** Processors with VMX do not have them. */
  svmInstruction(): boolean {
    return false;
  }

  /* VMX leaves these to the guest, and to the exception bitmap. */
  pushf(): boolean {
    return false;
  }

  popf(): boolean {
    return false;
  }

  iret(): boolean {
    return false;
  }

  softwareInterrupt(): boolean {
    return false;
  }

  icebp(): boolean {
    return false;
  }

  rsm(): boolean {
    return false;
  }

  ferrFreeze(): void {
    // VMX does not ask.
  }

  vmfunc(): boolean {
    if (!this.secondary(SecondaryControl.ENABLE_VM_FUNCTIONS))
      return this.lacks('ENABLE_VM_FUNCTIONS');
    return (
      !callVmFunction(this.cpu, this.vmcs, this.controls) &&
      this.leaveInstruction(ExitReason.VMFUNC)
    );
  }

  /** A VMREAD or VMWRITE that its bitmap lets through to the shadow VMCS (SDM 3C 26.1.3). */
  private isShadowed(instruction: VmxInstruction): boolean {
    if (!this.secondary(SecondaryControl.VMCS_SHADOWING)) return false;
    if (instruction !== 'VMREAD' && instruction !== 'VMWRITE') return false;
    const isRead = instruction === 'VMREAD';
    const encoding = encodingOperand(this.cpu, isRead ? 1 : 0);
    if (encoding === undefined || encoding > 0x7fff) return false;
    const bitmap = Number(this.vmcs.read(isRead ? Field.VMREAD_BITMAP : Field.VMWRITE_BITMAP));
    return (this.cpu.physical.read8(bitmap + (encoding >> 3)) & (1 << (encoding & 7))) === 0;
  }

  invpcid(): boolean {
    if (!this.primary(PrimaryControl.INVLPG_EXITING)) return false;
    const information = operandInformation(this.cpu, 1) | secondRegister(this.cpu, 0);
    return this.leaveInstruction(
      ExitReason.INVPCID,
      vmxInstructionQualification(this.cpu),
      information,
    );
  }

  rdrand(): boolean {
    if (!this.secondary(SecondaryControl.RDRAND_EXITING)) return false;
    return this.leaveInstruction(ExitReason.RDRAND, undefined, destinationInformation(this.cpu));
  }

  rdseed(): boolean {
    if (!this.secondary(SecondaryControl.RDSEED_EXITING)) return false;
    return this.leaveInstruction(ExitReason.RDSEED, undefined, destinationInformation(this.cpu));
  }

  monitor(): boolean {
    return (
      this.primary(PrimaryControl.MONITOR_EXITING) && this.leaveInstruction(ExitReason.MONITOR)
    );
  }

  /** The exit qualification tells whether the monitor was armed (SDM 3C 28.2.1). */
  mwait(armed: boolean): boolean {
    if (!this.primary(PrimaryControl.MWAIT_EXITING)) return false;
    return this.leaveInstruction(ExitReason.MWAIT, armed ? 1n : 0n);
  }

  xsetbv(): boolean {
    this.cpu.requirePrivilege(0);
    return this.leaveInstruction(ExitReason.XSETBV);
  }

  xsaves(): boolean {
    return this.namesExitingComponent() && this.leaveWithOperand(ExitReason.XSAVES);
  }

  xrstors(): boolean {
    return this.namesExitingComponent() && this.leaveWithOperand(ExitReason.XRSTORS);
  }

  /** A supervisor component that is enabled, asked for and set in the XSS-exiting bitmap (SDM 3C 26.1.3). */
  private namesExitingComponent(): boolean {
    const { state } = this.cpu;
    const asked = requestedComponents(state) & state.msr(Msr.XSS);
    return (asked & this.vmcs.read(Field.XSS_EXIT_BITMAP)) !== 0n;
  }

  /** A VM exit that tells of the instruction's memory operand (SDM 3C 28.2.1, 28.2.5). */
  private leaveWithOperand(reason: number): true {
    const qualification = vmxInstructionQualification(this.cpu);
    return this.leaveInstruction(reason, qualification, operandInformation(this.cpu, 0));
  }

  requireEnabled(instruction: EnabledInstruction): void {
    const id = ENABLING[instruction];
    if (!this.secondary(SecondaryControl[id])) this.lacks(id);
  }

  /** @throws Fault #UD: the instruction does not exist without a control */
  private lacks(id: keyof typeof SecondaryControl): never {
    const row = SECONDARY_CONTROLS.fields.find((field) => field.id === id);
    throw undefinedOpcode(notEnabledByVmm(row?.name ?? id));
  }

  /** Every one of them exits (SDM 3C 26.4.2). */
  taskSwitch(selector: number, source: 'call' | 'iret' | 'jmp' | 'gate'): boolean {
    const qualification =
      BigInt(selector) | (BigInt(['call', 'iret', 'jmp', 'gate'].indexOf(source)) << 30n);
    if (source !== 'gate') return this.leaveInstruction(ExitReason.TASK_SWITCH, qualification);
    this.exit({ reason: ExitReason.TASK_SWITCH, qualification });
  }

  hlt(): boolean {
    return this.primary(PrimaryControl.HLT_EXITING) && this.leaveInstruction(ExitReason.HLT);
  }

  /** In ring 0 also in a loop that lasts too long (SDM 3C 26.1.3). */
  pause(): boolean {
    const exits = this.primary(PrimaryControl.PAUSE_EXITING) || this.pauseLoopExits();
    return exits && this.leaveInstruction(ExitReason.PAUSE);
  }

  private pauseLoopExits(): boolean {
    if (!this.secondary(SecondaryControl.PAUSE_LOOP_EXITING) || this.cpu.state.cpl > 0)
      return false;
    const window = this.vmcs.readNumber(Field.PLE_WINDOW);
    return this.pauseLoop.lasts(this.cpu.time, this.vmcs.readNumber(Field.PLE_GAP), window);
  }

  invlpg(linear: bigint): boolean {
    if (!this.primary(PrimaryControl.INVLPG_EXITING)) return false;
    return this.leaveInstruction(ExitReason.INVLPG, linear);
  }

  rdtsc(): boolean {
    return this.primary(PrimaryControl.RDTSC_EXITING) && this.leaveInstruction(ExitReason.RDTSC);
  }

  rdtscp(): boolean {
    return this.primary(PrimaryControl.RDTSC_EXITING) && this.leaveInstruction(ExitReason.RDTSCP);
  }

  rdpmc(): boolean {
    return this.primary(PrimaryControl.RDPMC_EXITING) && this.leaveInstruction(ExitReason.RDPMC);
  }

  wbinvd(): boolean {
    if (!this.secondary(SecondaryControl.WBINVD_EXITING)) return false;
    return this.leaveInstruction(ExitReason.WBINVD);
  }

  rdmsr(index: number): boolean {
    return this.msrIntercepted(index, 0) && this.leaveInstruction(ExitReason.RDMSR);
  }

  wrmsr(index: number): boolean {
    return this.msrIntercepted(index, 2048) && this.leaveInstruction(ExitReason.WRMSR);
  }

  /** The MSR bitmaps: 1 KByte each for low and high MSRs, reads before writes (SDM 3C 25.6.9). */
  private msrIntercepted(index: number, offset: number): boolean {
    if (!this.primary(PrimaryControl.USE_MSR_BITMAPS)) return true;
    const low = index <= 0x1fff;
    const high = index >= 0xc0000000 && index <= 0xc0001fff;
    if (!low && !high) return true;
    const bit = index & 0x1fff;
    const base = Number(this.vmcs.read(Field.MSR_BITMAP)) + offset + (high ? 1024 : 0);
    return (this.cpu.physical.read8(base + (bit >> 3)) & (1 << (bit & 7))) !== 0;
  }

  portAccess(access: PortAccess): boolean {
    if (!this.portIntercepted(access)) return false;
    const qualification =
      (access.bytes - 1) |
      (access.input ? 8 : 0) |
      (access.string ? 16 : 0) |
      (access.repeated ? 32 : 0) |
      (access.immediate ? 64 : 0);
    return this.leaveInstruction(
      ExitReason.IO_INSTRUCTION,
      BigInt(qualification) | (BigInt(access.port) << 16n),
      access.string ? addressInformation(this.cpu) : 0,
      access.linear,
    );
  }

  private portIntercepted({ port, bytes }: PortAccess): boolean {
    if (!this.primary(PrimaryControl.USE_IO_BITMAPS)) {
      return this.primary(PrimaryControl.UNCONDITIONAL_IO_EXITING);
    }
    if (port + bytes > 0x10000) return true;
    for (let p = port; p < port + bytes; p++) {
      const map = p < 0x8000 ? Field.IO_BITMAP_A : Field.IO_BITMAP_B;
      const byte = this.cpu.physical.read8(Number(this.vmcs.read(map)) + ((p & 0x7fff) >> 3));
      if (byte & (1 << (p & 7))) return true;
    }
    return false;
  }

  debugRegister(number: number, read: boolean, gpr: number): boolean {
    if (!this.primary(PrimaryControl.MOV_DR_EXITING)) return false;
    const qualification = BigInt(number | (read ? 16 : 0) | (gpr << 8));
    return this.leaveInstruction(ExitReason.MOV_DR, qualification);
  }

  descriptorTable(instruction: DescriptorTableInstruction): boolean {
    if (!this.secondary(SecondaryControl.DESCRIPTOR_TABLE_EXITING)) return false;
    const reason = /[GI]DT$/.test(instruction)
      ? ExitReason.GDTR_IDTR_ACCESS
      : ExitReason.LDTR_TR_ACCESS;
    const information = descriptorTableInformation(this.cpu, instruction);
    return this.leaveInstruction(reason, vmxInstructionQualification(this.cpu), information);
  }

  /** A VM exit with reason "monitor trap flag" is due before the next instruction. */
  pendTrapFlag(): void {
    this.trapFlagPending = true;
  }

  /**
   * It comes before debug exceptions, which stay pending (SDM 3C 26.5.2), and after what the instruction
   * has led to in the virtual APIC.
   */
  trapFlag(): void {
    if (this.apic.hasSomethingToSettle) this.apic.settle();
    const done = this.cpu.work !== this.workAtEntry;
    if (this.primary(PrimaryControl.MONITOR_TRAP_FLAG) && done) this.trapFlagPending = true;
    if (!this.trapFlagPending) return;
    this.trapFlagPending = false;
    this.exit({ reason: ExitReason.MONITOR_TRAP_FLAG });
  }

  deadline(): number | undefined {
    return this.timerDeadline;
  }

  boundary(): boolean {
    const { state } = this.cpu;
    if (this.timerDeadline !== undefined && this.cpu.time >= this.timerDeadline) {
      this.exit({ reason: ExitReason.PREEMPTION_TIMER_EXPIRED });
    }
    const open = state.interruptShadow === 'none' && !this.cpu.holdInterrupts;
    if (this.primary(PrimaryControl.NMI_WINDOW_EXITING) && !state.nmiBlocked && open) {
      this.exit({ reason: ExitReason.NMI_WINDOW });
    }
    this.cpu.signals.takeNmi();
    const enabled = state.hasFlag(Rflags.IF);
    if (this.primary(PrimaryControl.INTERRUPT_WINDOW_EXITING) && enabled && open) {
      this.exit({ reason: ExitReason.INTERRUPT_WINDOW });
    }
    if (this.apic.interruptRecognized && enabled && open) this.deliverVirtualInterrupt();
    return false;
  }

  /** It wakes the processor as an external interrupt would: not from shutdown (SDM 3C 30.2.2). */
  private deliverVirtualInterrupt(): void {
    const { activity } = this.cpu.state;
    if (activity !== 'shutdown' && activity !== 'wait-for-SIPI') this.apic.deliverInterrupt();
  }

  /** Virtual NMIs, or those that do not exit (SDM 3C 26.3). */
  unblocksNmis(): boolean {
    return (this.controls.pin & PinBasedControl.NMI_EXITING) === 0 || this.hasVirtualNmis;
  }

  get hasVirtualNmis(): boolean {
    return (this.controls.pin & PinBasedControl.VIRTUAL_NMIS) !== 0;
  }

  readonly holdsSignals = false;

  nmi(event: InterruptEvent): boolean {
    if ((this.controls.pin & PinBasedControl.NMI_EXITING) === 0) return false;
    return this.exit({ reason: ExitReason.EXCEPTION_NMI, event });
  }

  smi(): void {
    // Without dual-monitor treatment no guest is left (SDM 3C 32.14).
  }

  /** The monitor trap flag (SDM 3C 26.5.2). */
  get stepsIterations(): boolean {
    return this.primary(PrimaryControl.MONITOR_TRAP_FLAG);
  }

  instructionLimit(): number {
    if (this.primary(PrimaryControl.MONITOR_TRAP_FLAG)) return 1;
    if (this.timerDeadline === undefined) return Number.MAX_SAFE_INTEGER;
    return Math.max(1, this.timerDeadline - this.cpu.time);
  }

  /** The exception bitmap; page faults are also matched by their error codes (SDM 3C 26.2). */
  takesException({ vector, errorCode }: InterruptEvent): boolean {
    const intercepted = (this.vmcs.readNumber(Field.EXCEPTION_BITMAP) & (1 << vector)) !== 0;
    if (vector !== Vector.PF) return intercepted;
    const mask = this.vmcs.readNumber(Field.PAGE_FAULT_ERROR_CODE_MASK);
    const match = this.vmcs.readNumber(Field.PAGE_FAULT_ERROR_CODE_MATCH);
    return ((errorCode ?? 0) & mask) === match ? intercepted : !intercepted;
  }

  exception(event: InterruptEvent, during: InterruptEvent | undefined): boolean {
    if (!this.takesException(event)) return false;
    const qualification = event.vector === Vector.PF ? (event.address ?? 0n) : (event.debug ?? 0n);
    return this.exit({ reason: ExitReason.EXCEPTION_NMI, qualification, event, vectoring: during });
  }

  /** Those that exit do so whatever RFLAGS.IF is (SDM 3C 26.2). */
  recognizesInterrupts(): boolean {
    return true;
  }

  readonly discardsBreakpoints = false;

  externalInterrupt(): boolean {
    if (!(this.controls.pin & PinBasedControl.EXTERNAL_INTERRUPT_EXITING)) {
      return !this.cpu.state.hasFlag(Rflags.IF);
    }
    if (!this.apic.processesPosted) return this.exit({ reason: ExitReason.EXTERNAL_INTERRUPT });
    const vector = this.apic.takeNotification();
    if (vector !== undefined) {
      const event = { kind: 'external-interrupt', vector, returnRip: this.cpu.state.rip } as const;
      return this.exit({ reason: ExitReason.EXTERNAL_INTERRUPT, event });
    }
    if (this.apic.interruptRecognized && this.cpu.state.hasFlag(Rflags.IF)) {
      this.deliverVirtualInterrupt();
    }
    return true;
  }

  /** It does nothing of what it does elsewhere; nor does the other (SDM 3C 26.2). */
  initSignal(): boolean {
    return this.exit({ reason: ExitReason.INIT_SIGNAL });
  }

  startUpIpi(vector: number): boolean {
    return this.exit({ reason: ExitReason.SIPI, qualification: BigInt(vector) });
  }

  tripleFault(): boolean {
    return this.exit({ reason: ExitReason.TRIPLE_FAULT });
  }

  protected saveTimer(): void {
    if (this.timerDeadline === undefined) return;
    if (!(this.controls.exit & ExitControl.SAVE_PREEMPTION_TIMER)) return;
    const left = Math.max(0, this.timerDeadline - this.cpu.time);
    this.vmcs.write(Field.VMX_PREEMPTION_TIMER_VALUE, left);
  }
}

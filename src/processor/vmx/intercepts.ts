import { Vector } from '../../isa/exceptions';
import { Cr0 } from '../../isa/registers/control';
import { Rflags } from '../../isa/registers/flags';
import {
  PinBasedControl,
  PrimaryControl,
  SecondaryControl,
  ExitControl,
} from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { CrAccessType } from '../../isa/vmx/qualification';
import type { InterruptEvent } from '../events/event';
import { generalProtection } from '../faults';
import type { Processor } from '../processor';
import type { Controls } from './controls';
import {
  addressInformation,
  descriptorTableInformation,
  vmxInstructionInformation,
} from './instruction-information';
import type { NonRootOperation, PortAccess } from './non-root';
import type { ExitInformation } from './transition';
import type { Vmcs } from './vmcs';

/** Instructions retired for each tick of the VMX-preemption timer: 2^5 (IA32_VMX_MISC bits 4:0). */
const TIMER_SHIFT = 5;

type Exit = (information: ExitInformation) => never;

/** VMX non-root operation: what of the guest's doings causes VM exits (SDM 3C 26.1 to 26.3). */
export class Intercepts implements NonRootOperation {
  readonly active = true;
  private readonly timerDeadline: number | undefined;
  private trapFlagPending = false;
  private firstBoundary = true;

  constructor(
    private readonly cpu: Processor,
    private readonly vmcs: Vmcs,
    private readonly controls: Controls,
    private readonly exit: Exit,
  ) {
    if (controls.pin & PinBasedControl.ACTIVATE_PREEMPTION_TIMER) {
      const ticks = vmcs.readNumber(Field.VMX_PREEMPTION_TIMER_VALUE);
      const now = Math.floor(cpu.time / (1 << TIMER_SHIFT));
      this.timerDeadline = (now + ticks) * (1 << TIMER_SHIFT);
    }
  }

  private primary(mask: number): boolean {
    return (this.controls.primary & mask) !== 0;
  }

  private secondary(mask: number): boolean {
    return (this.controls.secondary & mask) !== 0;
  }

  /** An exit because of the current instruction. */
  private exitInstruction(
    reason: number,
    qualification = 0n,
    more: Partial<ExitInformation> = {},
  ): never {
    const instructionLength = this.cpu.instruction.length;
    return this.exit({ reason, qualification, instructionLength, ...more });
  }

  unconditional(reason: number, qualification = 0n): void {
    const instructionInformation = vmxInstructionInformation(this.cpu);
    this.exitInstruction(reason, qualification, { instructionInformation });
  }

  halt(): void {
    if (this.primary(PrimaryControl.HLT_EXITING)) this.exitInstruction(ExitReason.HLT);
  }

  pause(): void {
    if (this.primary(PrimaryControl.PAUSE_EXITING)) this.exitInstruction(ExitReason.PAUSE);
  }

  invlpg(linear: bigint): void {
    if (this.primary(PrimaryControl.INVLPG_EXITING))
      this.exitInstruction(ExitReason.INVLPG, linear);
  }

  rdtsc(reason: number): void {
    if (this.primary(PrimaryControl.RDTSC_EXITING)) this.exitInstruction(reason);
  }

  rdpmc(): void {
    if (this.primary(PrimaryControl.RDPMC_EXITING)) this.exitInstruction(ExitReason.RDPMC);
  }

  wbinvd(): void {
    if (this.secondary(SecondaryControl.WBINVD_EXITING)) this.exitInstruction(ExitReason.WBINVD);
  }

  rdmsr(index: number): void {
    if (this.msrIntercepted(index, 0)) this.exitInstruction(ExitReason.RDMSR);
  }

  wrmsr(index: number): void {
    if (this.msrIntercepted(index, 2048)) this.exitInstruction(ExitReason.WRMSR);
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

  portAccess(access: PortAccess): void {
    if (!this.portIntercepted(access)) return;
    const qualification =
      (access.bytes - 1) |
      (access.input ? 8 : 0) |
      (access.string ? 16 : 0) |
      (access.repeated ? 32 : 0) |
      (access.immediate ? 64 : 0);
    this.exitInstruction(
      ExitReason.IO_INSTRUCTION,
      BigInt(qualification) | (BigInt(access.port) << 16n),
      {
        guestLinear: access.linear,
        instructionInformation: access.string ? addressInformation(this.cpu) : 0,
      },
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

  debugRegister(number: number, read: boolean, gpr: number): void {
    if (!this.primary(PrimaryControl.MOV_DR_EXITING)) return;
    this.exitInstruction(ExitReason.MOV_DR, BigInt(number | (read ? 16 : 0) | (gpr << 8)));
  }

  descriptorTable(reason: number): void {
    if (!this.secondary(SecondaryControl.DESCRIPTOR_TABLE_EXITING)) return;
    const instructionInformation = descriptorTableInformation(this.cpu);
    this.exitInstruction(reason, 0n, { instructionInformation });
  }

  private exitCr(number: number, access: number, gpr: number, more = 0n): never {
    const qualification = BigInt(number | (access << 4) | (gpr << 8)) | more;
    return this.exitInstruction(ExitReason.CR_ACCESS, qualification);
  }

  writeControlRegister(number: number, value: bigint, gpr: number): bigint {
    switch (number) {
      case 0:
      case 4: {
        const { mask, shadow } = this.shadowOf(number);
        if ((value ^ shadow) & mask) this.exitCr(number, CrAccessType.MOV_TO, gpr);
        const actual = number === 0 ? this.cpu.state.cr0 : this.cpu.state.cr4;
        return (value & ~mask) | (actual & mask);
      }
      case 3:
        if (this.primary(PrimaryControl.CR3_LOAD_EXITING) && !this.isCr3Target(value)) {
          this.exitCr(3, CrAccessType.MOV_TO, gpr);
        }
        return value;
      case 8:
        if (this.primary(PrimaryControl.CR8_LOAD_EXITING)) this.exitCr(8, CrAccessType.MOV_TO, gpr);
        return value;
      default:
        return value;
    }
  }

  private isCr3Target(value: bigint): boolean {
    const count = this.vmcs.readNumber(Field.CR3_TARGET_COUNT);
    const targets = [
      Field.CR3_TARGET_VALUE0,
      Field.CR3_TARGET_VALUE1,
      Field.CR3_TARGET_VALUE2,
      Field.CR3_TARGET_VALUE3,
    ];
    return targets.slice(0, count).some((field) => this.vmcs.read(field) === value);
  }

  private shadowOf(number: number): { mask: bigint; shadow: bigint } {
    return number === 0
      ? {
          mask: this.vmcs.read(Field.CR0_GUEST_HOST_MASK),
          shadow: this.vmcs.read(Field.CR0_READ_SHADOW),
        }
      : {
          mask: this.vmcs.read(Field.CR4_GUEST_HOST_MASK),
          shadow: this.vmcs.read(Field.CR4_READ_SHADOW),
        };
  }

  readControlRegister(number: number, value: bigint, gpr: number): bigint {
    if (number === 3 && this.primary(PrimaryControl.CR3_STORE_EXITING)) {
      this.exitCr(3, CrAccessType.MOV_FROM, gpr);
    }
    if (number === 8 && this.primary(PrimaryControl.CR8_STORE_EXITING)) {
      this.exitCr(8, CrAccessType.MOV_FROM, gpr);
    }
    if (number !== 0 && number !== 4) return value;
    const { mask, shadow } = this.shadowOf(number);
    return (value & ~mask) | (shadow & mask);
  }

  /** Bits that must stay as VMX wants them (SDM 3C 24.8); PE and PG are free for an unrestricted guest. */
  checkControlRegister(number: number, value: bigint): void {
    const { capabilities } = this.cpu.vmx;
    let fixed0 = number === 0 ? capabilities.cr0Fixed0 : capabilities.cr4Fixed0;
    const fixed1 = number === 0 ? capabilities.cr0Fixed1 : capabilities.cr4Fixed1;
    if (number === 0 && this.secondary(SecondaryControl.UNRESTRICTED_GUEST)) {
      fixed0 &= ~BigInt(Cr0.PE | Cr0.PG);
    }
    if (~value & fixed0 || value & ~fixed1) throw generalProtection();
  }

  clts(): 'write' | 'ignore' {
    const { mask, shadow } = this.shadowOf(0);
    const ts = BigInt(Cr0.TS);
    if (!(mask & ts)) return 'write';
    if (shadow & ts) this.exitCr(0, CrAccessType.CLTS, 0);
    return 'ignore';
  }

  lmsw(source: number, linear: bigint | undefined): number {
    const { mask, shadow } = this.shadowOf(0);
    const masked = Number(mask & 0xfn);
    const old = Number(shadow & 0xfn);
    const exits = (masked & (source ^ old) & 0xe) !== 0 || (masked & source & ~old & 1) !== 0;
    if (exits) {
      const memory = linear === undefined ? 0n : 0x40n;
      const qualification =
        memory | BigInt(CrAccessType.LMSW << 4) | (BigInt(source & 0xffff) << 16n);
      this.exitInstruction(ExitReason.CR_ACCESS, qualification, { guestLinear: linear });
    }
    const actual = Number(this.cpu.state.cr0 & 0xfn);
    return (source & ~masked) | (actual & masked);
  }

  timeStamp(tsc: bigint): bigint {
    if (!this.primary(PrimaryControl.USE_TSC_OFFSETTING)) return tsc;
    return BigInt.asUintN(64, tsc + this.vmcs.read(Field.TSC_OFFSET));
  }

  task(selector: number, source: number): void {
    this.exitInstruction(ExitReason.TASK_SWITCH, BigInt(selector | (source << 30)));
  }

  pendTrapFlag(): void {
    this.trapFlagPending = true;
  }

  boundary(): boolean {
    const { state } = this.cpu;
    if (this.primary(PrimaryControl.MONITOR_TRAP_FLAG) && !this.firstBoundary)
      this.trapFlagPending = true;
    this.firstBoundary = false;
    if (this.trapFlagPending) {
      this.trapFlagPending = false;
      this.exit({ reason: ExitReason.MONITOR_TRAP_FLAG });
    }
    if (this.timerDeadline !== undefined && this.cpu.time >= this.timerDeadline) {
      this.exit({ reason: ExitReason.PREEMPTION_TIMER_EXPIRED });
    }
    const open = state.interruptShadow === 'none' && !this.cpu.holdInterrupts;
    if (this.primary(PrimaryControl.NMI_WINDOW_EXITING) && !state.nmiBlocked && open) {
      this.exit({ reason: ExitReason.NMI_WINDOW });
    }
    const enabled = (state.systemFlags & BigInt(Rflags.IF)) !== 0n;
    if (this.primary(PrimaryControl.INTERRUPT_WINDOW_EXITING) && enabled && open) {
      this.exit({ reason: ExitReason.INTERRUPT_WINDOW });
    }
    return false;
  }

  instructionLimit(): number {
    if (this.primary(PrimaryControl.MONITOR_TRAP_FLAG)) return 1;
    if (this.timerDeadline === undefined) return Number.MAX_SAFE_INTEGER;
    return Math.max(1, this.timerDeadline - this.cpu.time);
  }

  /** The exception bitmap; page faults are also matched by their error codes (SDM 3C 26.2). */
  exception(event: InterruptEvent, during: InterruptEvent | undefined): boolean {
    const bitmap = this.vmcs.readNumber(Field.EXCEPTION_BITMAP);
    let intercepted = (bitmap & (1 << event.vector)) !== 0;
    if (event.vector === Vector.PF) {
      const mask = this.vmcs.readNumber(Field.PAGE_FAULT_ERROR_CODE_MASK);
      const match = this.vmcs.readNumber(Field.PAGE_FAULT_ERROR_CODE_MATCH);
      if (((event.errorCode ?? 0) & mask) !== match) intercepted = !intercepted;
    }
    if (!intercepted) return false;
    const qualification =
      event.vector === Vector.PF
        ? (event.address ?? 0n)
        : event.vector === Vector.DB
          ? (this.cpu.state.dr[6] ?? 0n) & 0x600fn
          : 0n;
    return this.exit({ reason: ExitReason.EXCEPTION_NMI, qualification, event, vectoring: during });
  }

  externalInterrupt(): boolean {
    if (!(this.controls.pin & PinBasedControl.EXTERNAL_INTERRUPT_EXITING)) return false;
    return this.exit({ reason: ExitReason.EXTERNAL_INTERRUPT });
  }

  tripleFault(): boolean {
    return this.exit({ reason: ExitReason.TRIPLE_FAULT });
  }

  /** The timer's value is saved when the exit controls ask for it (SDM 3C 26.5.1). */
  saveTimer(): void {
    if (this.timerDeadline === undefined) return;
    if (!(this.controls.exit & ExitControl.SAVE_PREEMPTION_TIMER)) return;
    const now = Math.floor(this.cpu.time / (1 << TIMER_SHIFT));
    const left = Math.max(0, this.timerDeadline / (1 << TIMER_SHIFT) - now);
    this.vmcs.write(Field.VMX_PREEMPTION_TIMER_VALUE, left);
  }
}

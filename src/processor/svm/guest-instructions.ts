import { SvmExit } from '../../isa/svm/exit-codes';
import { TaskSwitchInformation } from '../../isa/svm/exit-information';
import { WideRflags } from '../../isa/registers/flags';
import { undefinedOpcode } from '../faults';
import type {
  DescriptorTableInstruction,
  InstructionIntercepts,
  PortAccess,
  SvmInstruction,
} from '../guest-mode/guest-mode';
import { onlyInGuest } from '../reasons/vmx';
import { GuestRegisters } from './guest-registers';
import { PauseFilter } from './pause-filter';
import { msrIntercepted, portInformation, portIntercepted } from './permission-maps';

const TABLE_EXITS: Readonly<Record<DescriptorTableInstruction, number>> = {
  SIDT: SvmExit.IDTR_READ,
  SGDT: SvmExit.GDTR_READ,
  SLDT: SvmExit.LDTR_READ,
  STR: SvmExit.TR_READ,
  LIDT: SvmExit.IDTR_WRITE,
  LGDT: SvmExit.GDTR_WRITE,
  LLDT: SvmExit.LDTR_WRITE,
  LTR: SvmExit.TR_WRITE,
};

/** Instructions in SVM's guest mode (APM 2 15.9 to 15.11, 15.14). */
export abstract class GuestInstructions extends GuestRegisters implements InstructionIntercepts {
  protected readonly pauseFilter = new PauseFilter();

  cpuid(): boolean {
    return this.leaveIf(SvmExit.CPUID);
  }

  hlt(): boolean {
    return this.leaveIf(SvmExit.HLT);
  }

  /** Without a count each one exits; with a count, the last of so many (APM 2 15.14.4). */
  pause(): boolean {
    if (!this.vmcb.intercepts(SvmExit.PAUSE)) return false;
    const count = this.vmcb.readNumber('PAUSE_FILTER_COUNT');
    const threshold = this.vmcb.readNumber('PAUSE_FILTER_THRESHOLD');
    return this.pauseFilter.ends(this.cpu.time, count, threshold) && this.leave(SvmExit.PAUSE);
  }

  invd(): boolean {
    return this.leaveIf(SvmExit.INVD);
  }

  wbinvd(): boolean {
    return this.leaveIf(SvmExit.WBINVD);
  }

  invlpg(linear: bigint): boolean {
    return this.leaveIf(SvmExit.INVLPG, linear);
  }

  rdtsc(): boolean {
    return this.leaveIf(SvmExit.RDTSC);
  }

  rdtscp(): boolean {
    return this.leaveIf(SvmExit.RDTSCP);
  }

  rdpmc(): boolean {
    return this.leaveIf(SvmExit.RDPMC);
  }

  rdmsr(index: number): boolean {
    return this.msr(index, 0);
  }

  wrmsr(index: number): boolean {
    return this.msr(index, 1);
  }

  private msr(index: number, access: 0 | 1): boolean {
    if (!this.vmcb.intercepts(SvmExit.MSR)) return false;
    const exits = msrIntercepted(this.cpu.physical, this.vmcb, index, access);
    return exits && this.leave(SvmExit.MSR, BigInt(access));
  }

  portAccess(access: PortAccess): boolean {
    const { cpu, vmcb } = this;
    if (!vmcb.intercepts(SvmExit.IOIO)) return false;
    if (!portIntercepted(cpu.physical, vmcb, access)) return false;
    return this.leave(SvmExit.IOIO, portInformation(cpu, access), cpu.nextRip);
  }

  debugRegister(number: number, read: boolean, gpr: number): boolean {
    return this.leaveIf((read ? SvmExit.DR_READ : SvmExit.DR_WRITE) + number, BigInt(gpr));
  }

  descriptorTable(instruction: DescriptorTableInstruction): boolean {
    return this.leaveIf(TABLE_EXITS[instruction]);
  }

  /** Processors with SVM do not have them. */
  vmxInstruction(): boolean {
    return false;
  }

  vmfunc(): boolean {
    throw undefinedOpcode(onlyInGuest());
  }

  svmInstruction(instruction: SvmInstruction): boolean {
    return this.leaveIf(SvmExit[instruction]);
  }

  pushf(): boolean {
    return this.leaveIf(SvmExit.PUSHF);
  }

  popf(): boolean {
    return this.leaveIf(SvmExit.POPF);
  }

  iret(): boolean {
    return this.leaveIf(SvmExit.IRET);
  }

  softwareInterrupt(vector: number): boolean {
    return this.leaveIf(SvmExit.INTN, BigInt(vector));
  }

  icebp(): boolean {
    return this.leaveIf(SvmExit.ICEBP);
  }

  rsm(): boolean {
    return this.leaveIf(SvmExit.RSM);
  }

  ferrFreeze(): void {
    this.exitIf(SvmExit.FERR_FREEZE);
  }

  invpcid(): boolean {
    return this.leaveIf(SvmExit.INVPCID);
  }

  /* SVM has no intercepts for these. */
  rdrand(): boolean {
    return false;
  }

  rdseed(): boolean {
    return false;
  }

  xsaves(): boolean {
    return false;
  }

  xrstors(): boolean {
    return false;
  }

  requireEnabled(): void {
    // A guest has what the processor has.
  }

  /* All exceptions come before the intercepts of these two. */
  monitor(check: () => void): boolean {
    check();
    return this.leaveIf(SvmExit.MONITOR);
  }

  mwait(armed: boolean, check: () => void): boolean {
    check();
    return (armed && this.leaveIf(SvmExit.MWAIT_ARMED)) || this.leaveIf(SvmExit.MWAIT);
  }

  /** Its intercept comes before the check of the privilege level. */
  xsetbv(): boolean {
    return this.leaveIf(SvmExit.XSETBV);
  }

  taskSwitch(selector: number, source: 'call' | 'iret' | 'jmp' | 'gate', flags: bigint): boolean {
    if (!this.vmcb.intercepts(SvmExit.TASK_SWITCH)) return false;
    const { IRET, JMP, HAS_ERROR_CODE, RF } = TaskSwitchInformation;
    const { eventInDelivery: event } = this.cpu;
    const error = event?.errorCode;
    const info2 =
      (error === undefined ? 0n : BigInt(error) | HAS_ERROR_CODE) |
      (source === 'iret' ? IRET : 0n) |
      (source === 'jmp' ? JMP : 0n) |
      (flags & WideRflags.RF ? RF : 0n);
    this.exit({ code: SvmExit.TASK_SWITCH, info1: BigInt(selector), info2 });
  }
}

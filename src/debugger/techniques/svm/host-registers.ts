import * as l10n from '@vscode/l10n';
import { WideCr0 } from '../../../isa/registers/control';
import { DR7_INITIAL } from '../../../isa/registers/debug';
import { RFLAGS_FIXED, RFLAGS_WRITABLE, WideRflags } from '../../../isa/registers/flags';
import { Msr } from '../../../isa/registers/msr';
import type { VmcbFieldId } from '../../../isa/svm/vmcb';
import type { Processor } from '../../../processor/processor';
import type { SegmentRegister, TableRegister } from '../../../processor/state/cpu-state';
import { LEFT_SEGMENTS, putSegment, readSegment } from '../../../processor/svm/segments';
import type { Vmcb } from '../../../processor/svm/vmcb';
import { writeMsr } from '../../../processor/system/msr';
import { LiveRegisters, type Registers } from '../../registers/registers';
import { UnitRegisters } from '../../registers/unit-registers';

const SS = 2;
const DPL = 0x60;

const HOST_GPR: Readonly<Record<number, VmcbFieldId>> = { 0: 'RAX', 4: 'RSP' };
const HOST_CR: Readonly<Record<number, VmcbFieldId>> = { 0: 'CR0', 3: 'CR3', 4: 'CR4' };
const HOST_MSR: Readonly<Record<number, VmcbFieldId>> = { [Msr.EFER]: 'EFER', [Msr.PAT]: 'G_PAT' };

const isLeft = (index: number): boolean => LEFT_SEGMENTS.some((left) => left === index);

/**
 * The host's registers while the guest runs: what the next #VMEXIT will load from the host save area (APM 2 15.6).
 * What it does not load is then what the guest has left in the processor: most general registers, CR2, FS, GS, TR, LDTR.
 */
export class HostSaveAreaRegisters implements Registers {
  constructor(
    private readonly cpu: Processor,
    private readonly area: Vmcb,
  ) {}

  private get left(): LiveRegisters {
    return new LiveRegisters(this.cpu);
  }

  gpr(index: number): bigint {
    const field = HOST_GPR[index];
    return field === undefined ? this.cpu.state.gpr(index) : this.area.read(field);
  }

  setGpr(index: number, value: bigint): void {
    const field = HOST_GPR[index];
    if (field !== undefined) this.area.write(field, value);
    else throw new RangeError(l10n.t('the guest has the general registers: change them there'));
  }

  get rip(): bigint {
    return this.area.read('RIP');
  }

  set rip(value: bigint) {
    this.area.write('RIP', value);
  }

  get rflags(): bigint {
    const flags = (this.area.read('RFLAGS') & RFLAGS_WRITABLE) | RFLAGS_FIXED;
    return flags & ~WideRflags.VM;
  }

  set rflags(value: bigint) {
    this.area.write('RFLAGS', value);
  }

  controlRegister(number: number): bigint {
    const field = HOST_CR[number];
    if (field === undefined) return number === 2 ? this.cpu.state.cr2 : this.cpu.state.cr8;
    const value = this.area.read(field);
    return number === 0 ? value | WideCr0.PE : value;
  }

  setControlRegister(number: number, value: bigint): void {
    const field = HOST_CR[number];
    if (field !== undefined) this.area.write(field, value);
  }

  /** The stack segment is that of ring 0. */
  segment(index: number): SegmentRegister {
    if (isLeft(index)) return this.left.segment(index);
    const register = readSegment(this.area, index);
    if (index !== SS) return register;
    return { ...register, accessRights: register.accessRights & ~DPL };
  }

  setSegment(index: number, value: SegmentRegister): void {
    if (isLeft(index)) {
      this.left.setSegment(index, value);
      return;
    }
    putSegment(this.area, index, value);
    this.area.written();
  }

  get gdtr(): TableRegister {
    return { base: this.area.read('GDTR_BASE'), limit: this.area.readNumber('GDTR_LIMIT') };
  }

  get idtr(): TableRegister {
    return { base: this.area.read('IDTR_BASE'), limit: this.area.readNumber('IDTR_LIMIT') };
  }

  /** A #VMEXIT disables all breakpoints and leaves the others alone. */
  debugRegister(number: number): bigint {
    return number === 7 ? DR7_INITIAL : this.left.debugRegister(number);
  }

  msr(number: number): bigint | undefined {
    const field = HOST_MSR[number];
    return field === undefined ? this.left.msr(number) : this.area.read(field);
  }

  setMsr(number: number, value: bigint): void {
    const field = HOST_MSR[number];
    if (field === undefined) writeMsr(this.cpu, number, value);
    else this.area.write(field, value);
  }

  get units(): UnitRegisters {
    return new UnitRegisters(this.cpu);
  }
}

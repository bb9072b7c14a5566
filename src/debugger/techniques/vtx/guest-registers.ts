import * as l10n from '@vscode/l10n';
import { Msr } from '../../../isa/registers/msr';
import { Field } from '../../../isa/vmx/fields';
import { fieldsOfMsrs } from '../../../isa/vmx/switched-msrs';
import type { Processor } from '../../../processor/processor';
import type { CpuState, SegmentRegister, TableRegister } from '../../../processor/state/cpu-state';
import { keepsLeft } from '../../../vmm';
import { GUEST_SEGMENT_FIELDS } from '../../../processor/vmx/segment-fields';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import { LiveRegisters, type KeptMsrs, type Registers } from '../../registers/registers';
import { UnitRegisters } from '../../registers/unit-registers';
import { awayUnits } from '../away-units';
import type { GeneralRegisters } from '../general-registers';
import { guestEfer } from './guest-area';

const IN_GUEST_AREA = fieldsOfMsrs('guest');

/**
 * A guest's registers while it does not run: in the guest-state area of the VMCS, and the general ones
 * where whoever runs it keeps them.
 */
export class GuestAreaRegisters implements Registers {
  constructor(
    private readonly cpu: Processor,
    private readonly vmcs: Vmcs,
    private readonly general: GeneralRegisters,
    private readonly kept?: KeptMsrs,
    /** Where that lies which hardware does not switch, if another guest has the processor. */
    private readonly away?: CpuState,
  ) {}

  /** What neither hardware switches nor the monitor: it is left in the processor. */
  private get left(): LiveRegisters {
    return new LiveRegisters(this.cpu, this.kept);
  }

  private get leftState(): CpuState {
    return this.away ?? this.cpu.state;
  }

  gpr(index: number): bigint {
    return index === 4 ? this.vmcs.read(Field.GUEST_RSP) : this.general.read(index);
  }

  setGpr(index: number, value: bigint): void {
    if (index === 4) this.vmcs.write(Field.GUEST_RSP, value);
    else this.general.write(index, value);
  }

  get rip(): bigint {
    return this.vmcs.read(Field.GUEST_RIP);
  }

  set rip(value: bigint) {
    this.vmcs.write(Field.GUEST_RIP, value);
  }

  get rflags(): bigint {
    return this.vmcs.read(Field.GUEST_RFLAGS);
  }

  set rflags(value: bigint) {
    this.vmcs.write(Field.GUEST_RFLAGS, value);
  }

  controlRegister(number: number): bigint {
    const field = GUEST_CR[number];
    if (field !== undefined) return this.vmcs.read(field);
    const { cr2, cr8 } = this.leftState; // hardware does not switch these
    return number === 2 ? cr2 : cr8;
  }

  setControlRegister(number: number, value: bigint): void {
    const field = GUEST_CR[number];
    if (field !== undefined) this.vmcs.write(field, value);
    else if (number === 2) this.leftState.cr2 = value;
  }

  segment(index: number): SegmentRegister {
    const fields = GUEST_SEGMENT_FIELDS[index];
    if (!fields) throw new RangeError(`segment ${String(index)}`);
    return {
      selector: this.vmcs.readNumber(fields.selector),
      base: this.vmcs.read(fields.base),
      limit: this.vmcs.readNumber(fields.limit),
      accessRights: this.vmcs.readNumber(fields.accessRights),
    };
  }

  setSegment(index: number, value: SegmentRegister): void {
    const fields = GUEST_SEGMENT_FIELDS[index];
    if (!fields) throw new RangeError(`segment ${String(index)}`);
    this.vmcs.write(fields.selector, value.selector);
    this.vmcs.write(fields.base, value.base);
    this.vmcs.write(fields.limit, value.limit);
    this.vmcs.write(fields.accessRights, value.accessRights);
  }

  get gdtr(): TableRegister {
    return {
      base: this.vmcs.read(Field.GUEST_GDTR_BASE),
      limit: this.vmcs.readNumber(Field.GUEST_GDTR_LIMIT),
    };
  }

  get idtr(): TableRegister {
    return {
      base: this.vmcs.read(Field.GUEST_IDTR_BASE),
      limit: this.vmcs.readNumber(Field.GUEST_IDTR_LIMIT),
    };
  }

  debugRegister(number: number): bigint {
    return number === 7 ? this.vmcs.read(Field.GUEST_DR7) : (this.leftState.dr[number] ?? 0n);
  }

  msr(number: number): bigint | undefined {
    if (number === Msr.EFER) return guestEfer(this.cpu, this.vmcs);
    const field = IN_GUEST_AREA.get(number);
    if (field !== undefined) return this.vmcs.read(field);
    return this.away && keepsLeft(number, this.away.profile)
      ? this.away.msr(number)
      : this.left.msr(number);
  }

  setMsr(number: number, value: bigint): void {
    const field = IN_GUEST_AREA.get(number);
    if (field !== undefined) this.vmcs.write(field, value);
    else if (!this.away) this.left.setMsr(number, value);
    else throw new RangeError(l10n.t('another virtual machine has the processor'));
  }

  get units(): UnitRegisters {
    return new UnitRegisters(this.away ? awayUnits(this.away) : this.cpu);
  }
}

const GUEST_CR: Readonly<Record<number, Field>> = {
  0: Field.GUEST_CR0,
  3: Field.GUEST_CR3,
  4: Field.GUEST_CR4,
};

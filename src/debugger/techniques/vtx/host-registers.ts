import * as l10n from '@vscode/l10n';
import { WideEfer } from '../../../isa/registers/control';
import { Msr } from '../../../isa/registers/msr';
import { ExitControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { fieldsOfMsrs } from '../../../isa/vmx/switched-msrs';
import { CS, FS, GS, TR } from '../../../processor/state/layout';
import type { Processor } from '../../../processor/processor';
import {
  UNUSABLE,
  type SegmentRegister,
  type TableRegister,
} from '../../../processor/state/cpu-state';
import { writeMsr } from '../../../processor/system/msr';
import { HOST_SELECTOR_FIELDS } from '../../../processor/vmx/segment-fields';
import type { Vmcs } from '../../../processor/vmx/vmcs';
import { LiveRegisters, type Registers } from '../../registers/registers';
import { UnitRegisters } from '../../registers/unit-registers';

const IN_HOST_AREA = fieldsOfMsrs('host');

/**
 * The host's registers while the guest runs: what the next VM exit will load from the host-state
 * area. General registers are not in it; the processor holds the guest's.
 */
export class HostAreaRegisters implements Registers {
  constructor(
    private readonly cpu: Processor,
    private readonly vmcs: Vmcs,
  ) {}

  gpr(index: number): bigint {
    return index === 4 ? this.vmcs.read(Field.HOST_RSP) : this.cpu.state.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    if (index === 4) this.vmcs.write(Field.HOST_RSP, value);
  }

  get rip(): bigint {
    return this.vmcs.read(Field.HOST_RIP);
  }

  set rip(value: bigint) {
    this.vmcs.write(Field.HOST_RIP, value);
  }

  /** A VM exit clears RFLAGS but for bit 1 (SDM 3C 28.5.3). */
  get rflags(): bigint {
    return 2n;
  }

  set rflags(_value: bigint) {
    throw new RangeError(l10n.t('a VM exit always loads 2 into RFLAGS'));
  }

  controlRegister(number: number): bigint {
    const field = HOST_CR[number];
    return field !== undefined ? this.vmcs.read(field) : 0n;
  }

  setControlRegister(number: number, value: bigint): void {
    const field = HOST_CR[number];
    if (field !== undefined) this.vmcs.write(field, value);
  }

  segment(index: number): SegmentRegister {
    const { vmcs } = this;
    const field = HOST_SELECTOR_FIELDS[index];
    if (index === TR) {
      const selector = vmcs.readNumber(Field.HOST_TR_SELECTOR);
      return { selector, base: vmcs.read(Field.HOST_TR_BASE), limit: 0x67, accessRights: 0x8b };
    }
    if (field === undefined) return { selector: 0, base: 0n, limit: 0, accessRights: UNUSABLE };
    const selector = vmcs.readNumber(field);
    const baseField = { [FS]: Field.HOST_FS_BASE, [GS]: Field.HOST_GS_BASE }[index];
    const base = baseField === undefined ? 0n : vmcs.read(baseField);
    const accessRights = index === CS ? this.codeRights : selector === 0 ? UNUSABLE : 0xc093;
    return { selector, base, limit: 0xffffffff, accessRights };
  }

  /** Flat code of 64 or 32 bits, by "host address-space size" (SDM 3C 28.5.2). */
  private get codeRights(): number {
    return this.exits(ExitControl.HOST_ADDRESS_SPACE_SIZE) ? 0xa09b : 0xc09b;
  }

  private exits(control: number): boolean {
    return (this.vmcs.readNumber(Field.VM_EXIT_CONTROLS) & control) !== 0;
  }

  /** IA32_EFER where no field is loaded: LMA and LME follow "host address-space size" (SDM 3C 28.5.1). */
  private get derivedEfer(): bigint {
    const both = WideEfer.LMA | WideEfer.LME;
    const wide = this.exits(ExitControl.HOST_ADDRESS_SPACE_SIZE);
    return (this.cpu.state.efer & ~both) | (wide ? both : 0n);
  }

  setSegment(index: number, value: SegmentRegister): void {
    const field = HOST_SELECTOR_FIELDS[index];
    if (field !== undefined) this.vmcs.write(field, value.selector);
  }

  get gdtr(): TableRegister {
    return { base: this.vmcs.read(Field.HOST_GDTR_BASE), limit: 0xffff };
  }

  get idtr(): TableRegister {
    return { base: this.vmcs.read(Field.HOST_IDTR_BASE), limit: 0xffff };
  }

  /** A VM exit loads 400H into DR7 and leaves the others alone. */
  debugRegister(number: number): bigint {
    return number === 7 ? 0x400n : (this.cpu.state.dr[number] ?? 0n);
  }

  msr(number: number): bigint | undefined {
    if (number === Msr.EFER && !this.exits(ExitControl.LOAD_EFER)) return this.derivedEfer;
    const field = IN_HOST_AREA.get(number);
    if (field !== undefined) return this.vmcs.read(field);
    return new LiveRegisters(this.cpu).msr(number);
  }

  setMsr(number: number, value: bigint): void {
    if (number === Msr.EFER && !this.exits(ExitControl.LOAD_EFER)) {
      throw new RangeError(l10n.t('VM exits load no IA32_EFER here: “load IA32_EFER” is 0'));
    }
    const field = IN_HOST_AREA.get(number);
    if (field !== undefined) this.vmcs.write(field, value);
    else writeMsr(this.cpu, number, value);
  }

  get units(): UnitRegisters {
    return new UnitRegisters(this.cpu);
  }
}

const HOST_CR: Readonly<Record<number, Field>> = {
  0: Field.HOST_CR0,
  3: Field.HOST_CR3,
  4: Field.HOST_CR4,
};

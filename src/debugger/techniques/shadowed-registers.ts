import * as l10n from '@vscode/l10n';
import { Msr } from '../../isa/registers/msr';
import type { SegmentRegister, TableRegister } from '../../processor/state/cpu-state';
import type { GuestControls } from '../../vmm';
import type { Registers } from '../registers/registers';
import type { UnitRegisters } from '../registers/unit-registers';

/**
 * The registers of a guest whose memory is translated by shadow page tables: its control registers are those that it
 * reads, not those with which the processor runs it.
 */
export class ShadowedRegisters implements Registers {
  constructor(
    private readonly actual: Registers,
    private readonly controls: () => GuestControls,
  ) {}

  controlRegister(number: number): bigint {
    const { cr0, cr3, cr4 } = this.controls();
    return { 0: cr0, 3: cr3, 4: cr4 }[number] ?? this.actual.controlRegister(number);
  }

  setControlRegister(number: number, value: bigint): void {
    if (number === 0 || number === 3 || number === 4) throw new RangeError(followsGuest());
    this.actual.setControlRegister(number, value);
  }

  msr(number: number): bigint | undefined {
    return number === Msr.EFER ? this.controls().efer : this.actual.msr(number);
  }

  setMsr(number: number, value: bigint): void {
    if (number === Msr.EFER) throw new RangeError(followsGuest());
    this.actual.setMsr(number, value);
  }

  gpr(index: number): bigint {
    return this.actual.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    this.actual.setGpr(index, value);
  }

  get rip(): bigint {
    return this.actual.rip;
  }

  set rip(value: bigint) {
    this.actual.rip = value;
  }

  get rflags(): bigint {
    return this.actual.rflags;
  }

  set rflags(value: bigint) {
    this.actual.rflags = value;
  }

  segment(index: number): SegmentRegister {
    return this.actual.segment(index);
  }

  setSegment(index: number, value: SegmentRegister): void {
    this.actual.setSegment(index, value);
  }

  get gdtr(): TableRegister {
    return this.actual.gdtr;
  }

  get idtr(): TableRegister {
    return this.actual.idtr;
  }

  debugRegister(number: number): bigint {
    return this.actual.debugRegister(number);
  }

  get units(): UnitRegisters {
    return this.actual.units;
  }
}

const followsGuest = (): string =>
  l10n.t('with shadow paging only the guest itself changes CR0, CR3, CR4 and IA32_EFER');

import * as l10n from '@vscode/l10n';
import type { CpuState, SegmentRegister, TableRegister } from '../../processor/state/cpu-state';
import { Msr } from '../../isa/registers/msr';
import type { Registers } from './registers';
import { UnitRegisters } from './unit-registers';

/**
 * Registers as they were when the processor was given to another virtual machine: they come back with it. Until then
 * they can only be looked at.
 */
export class KeptRegisters implements Registers {
  constructor(private readonly state: CpuState) {}

  private refuse(): never {
    throw new RangeError(l10n.t('another virtual machine has the processor'));
  }

  gpr(index: number): bigint {
    return this.state.gpr(index);
  }

  setGpr(): void {
    this.refuse();
  }

  get rip(): bigint {
    return this.state.rip;
  }

  set rip(_: bigint) {
    this.refuse();
  }

  get rflags(): bigint {
    return this.state.rflags;
  }

  set rflags(_: bigint) {
    this.refuse();
  }

  controlRegister(number: number): bigint {
    const { cr0, cr2, cr3, cr4, cr8 } = this.state;
    return { 0: cr0, 2: cr2, 3: cr3, 4: cr4 }[number] ?? cr8;
  }

  setControlRegister(): void {
    this.refuse();
  }

  segment(index: number): SegmentRegister {
    return this.state.segment(index);
  }

  setSegment(): void {
    this.refuse();
  }

  get gdtr(): TableRegister {
    return this.state.gdtr;
  }

  get idtr(): TableRegister {
    return this.state.idtr;
  }

  debugRegister(number: number): bigint {
    return this.state.dr[number] ?? 0n;
  }

  msr(number: number): bigint | undefined {
    return number === Msr.EFER ? this.state.efer : this.state.msr(number);
  }

  setMsr(): void {
    this.refuse();
  }

  get units(): UnitRegisters {
    const refuse = (): never => this.refuse();
    return new UnitRegisters({
      state: this.state,
      updateDerivedState: refuse,
      mmu: { setPkru: refuse },
    });
  }
}

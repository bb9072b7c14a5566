import * as l10n from '@vscode/l10n';
import type { SegmentRegister, TableRegister } from '../../processor/state/cpu-state';
import type { Registers } from './registers';
import type { UnitRegisters } from './unit-registers';

/** What a frame on the stack tells of the activation under it: an interrupt's, or that of a compiled function. */
export interface FrameContents {
  readonly ring?: number;
  readonly flags?: bigint;
  /** In real-address mode, where the selector alone makes the segment. */
  readonly realModeCs?: number;
  /** The segments of its selectors, where the GDT has them. */
  readonly cs?: SegmentRegister | undefined;
  readonly ss?: SegmentRegister | undefined;
  /** General registers that the callee has saved, as far as its compiler tells. */
  readonly saved?: ReadonlyMap<number, bigint> | undefined;
}

/**
 * The registers of an activation that is not the topmost: instruction pointer and stack pointer are
 * its own; the others are as they are now, unless a compiler has told which of them the callee saved where.
 */
export class CallerRegisters implements Registers {
  constructor(
    private readonly inner: Registers,
    private readonly ownRip: bigint,
    private readonly ownRsp: bigint,
    private readonly frame: FrameContents = {},
  ) {}

  gpr(index: number): bigint {
    if (index === 4) return this.ownRsp;
    return this.frame.saved?.get(index) ?? this.inner.gpr(index);
  }

  setGpr(index: number, value: bigint): void {
    if (index === 4 || this.frame.saved?.has(index)) refuse();
    this.inner.setGpr(index, value);
  }

  get rip(): bigint {
    return this.ownRip;
  }

  set rip(_value: bigint) {
    refuse();
  }

  get rflags(): bigint {
    return this.frame.flags ?? this.inner.rflags;
  }

  set rflags(_value: bigint) {
    refuse();
  }

  controlRegister(number: number): bigint {
    return this.inner.controlRegister(number);
  }

  setControlRegister(number: number, value: bigint): void {
    this.inner.setControlRegister(number, value);
  }

  segment(index: number): SegmentRegister {
    const register = this.inner.segment(index);
    const { ring, realModeCs, cs, ss } = this.frame;
    const own = index === 1 ? cs : index === 2 ? ss : undefined;
    if (own) return own;
    if (index === 1 && realModeCs !== undefined) {
      return { ...register, selector: realModeCs, base: BigInt(realModeCs) << 4n };
    }
    if (ring === undefined || (index !== 1 && index !== 2)) return register;
    return { ...register, accessRights: (register.accessRights & ~0x60) | (ring << 5) };
  }

  setSegment(index: number, value: SegmentRegister): void {
    if (index === 1 || index === 2) refuse();
    this.inner.setSegment(index, value);
  }

  get gdtr(): TableRegister {
    return this.inner.gdtr;
  }

  get idtr(): TableRegister {
    return this.inner.idtr;
  }

  debugRegister(number: number): bigint {
    return this.inner.debugRegister(number);
  }

  msr(number: number): bigint | undefined {
    return this.inner.msr(number);
  }

  setMsr(number: number, value: bigint): void {
    this.inner.setMsr(number, value);
  }

  get units(): UnitRegisters {
    return this.inner.units;
  }
}

function refuse(): never {
  throw new RangeError(l10n.t('only the topmost frame can be changed'));
}

import { AccessRights, SegmentRights, SegmentType } from '../../isa/access-rights';
import { accessRightsOf, descriptorBase, descriptorLimit, Selector } from '../../isa/segments';
import { generalProtection, type FaultMaker } from '../faults';
import { beyondTable } from '../reasons/segments';
import { LDTR } from '../state/layout';
import type { Mmu } from '../paging/mmu';
import { UNUSABLE, type CpuState, type SegmentRegister } from '../state/cpu-state';

/** A descriptor as it was found in a table. */
export interface FoundDescriptor {
  readonly selector: number;
  /** Linear address of its low quadword. */
  readonly address: bigint;
  readonly low: bigint;
  /** In VMX format, without the unusable bit. */
  readonly rights: number;
}

/** A selector as error codes hold it: without its RPL (SDM 3A 6.13). */
export const withoutRpl = (selector: number): number => selector & (Selector.INDEX | Selector.TI);
export const isNull = (selector: number): boolean => withoutRpl(selector) === 0;

const { S, P, TYPE, DPL, DPL_SHIFT } = AccessRights;
const { CODE, CONFORMING, EXPAND_DOWN, READABLE, WRITABLE } = SegmentType;
const matches = (rights: number, mask: number, wanted: number): boolean =>
  (rights & mask) === wanted;

export const typeOf = (rights: number): number => rights & TYPE;
export const dplOf = (rights: number): number => (rights & DPL) >> DPL_SHIFT;
export const isCodeOrData = (rights: number): boolean => (rights & S) !== 0;
export const isPresent = (rights: number): boolean => (rights & P) !== 0;
export const isCode = (rights: number): boolean => matches(rights, S | CODE, S | CODE);
export const isData = (rights: number): boolean => matches(rights, S | CODE, S);
export const isConforming = (rights: number): boolean =>
  isCode(rights) && (rights & CONFORMING) !== 0;
export const isExpandDown = (rights: number): boolean =>
  isData(rights) && (rights & EXPAND_DOWN) !== 0;
export const isWritableData = (rights: number): boolean =>
  isData(rights) && (rights & WRITABLE) !== 0;
export const isReadable = (rights: number): boolean =>
  isData(rights) || (isCode(rights) && (rights & READABLE) !== 0);
export const isUsable = (rights: number): boolean => (rights & UNUSABLE) === 0;

/** The linear address of a selector's descriptor, or undefined beyond its table's limit. */
export function descriptorAddress(
  state: CpuState,
  selector: number,
  bytes = 8,
): bigint | undefined {
  const offset = selector & 0xfff8;
  if (selector & Selector.TI) {
    const ldt = state.segment(LDTR);
    if (!isUsable(ldt.accessRights) || isNull(ldt.selector)) return undefined;
    return offset + bytes - 1 <= ldt.limit ? ldt.base + BigInt(offset) : undefined;
  }
  return offset + bytes - 1 <= state.gdtr.limit ? state.gdtr.base + BigInt(offset) : undefined;
}

/**
 * Reads the descriptor that a selector names.
 *
 * @param fault what a selector beyond the table raises
 */
export function readDescriptor(
  state: CpuState,
  mmu: Mmu,
  selector: number,
  fault: FaultMaker = generalProtection,
): FoundDescriptor {
  const address = descriptorAddress(state, selector);
  if (address === undefined) throw fault(beyondTable(state, selector), withoutRpl(selector));
  const low = mmu.loadSystem(address, 8);
  return { selector, address, low, rights: accessRightsOf(low) };
}

/** Base and limit of a code, data or 32-bit system descriptor (SDM 3A 3.4.5). */
export function segmentFrom(found: FoundDescriptor, selector = found.selector): SegmentRegister {
  const { low, rights } = found;
  return { selector, base: descriptorBase(low), limit: descriptorLimit(low), accessRights: rights };
}

/** Sets the accessed flag of a code or data descriptor in its table (SDM 3A 3.4.5.1). */
export function setAccessed(mmu: Mmu, found: FoundDescriptor): FoundDescriptor {
  if (found.rights & SegmentType.ACCESSED) return found;
  mmu.storeSystem(found.address + 5n, 1, ((found.low >> 40n) & 0xffn) | 1n);
  return { ...found, low: found.low | (1n << 40n), rights: found.rights | 1 };
}

/** A segment as real-address and virtual-8086 mode load it (SDM 3B 21.1.1): base = selector × 16. */
export function realModeSegment(
  previous: SegmentRegister,
  selector: number,
  virtual8086: boolean,
): SegmentRegister {
  if (virtual8086) {
    return {
      selector,
      base: BigInt(selector) << 4n,
      limit: 0xffff,
      accessRights: SegmentRights.VIRTUAL_8086,
    };
  }
  return { ...previous, selector, base: BigInt(selector) << 4n };
}

/** A null selector's register: unusable; its DPL is kept where it tells the CPL (SS in 64-bit mode). */
export function nullSegment(selector: number, dpl = 0): SegmentRegister {
  return { selector, base: 0n, limit: 0, accessRights: UNUSABLE | (dpl << DPL_SHIFT) };
}

import { isValidPat } from '../../../isa/memory-types';
import * as l10n from '@vscode/l10n';
import { fieldName, type Field } from '../../../isa/vmx/fields';
import type { VmxCapabilities } from '../capabilities';
import { hex, rule } from './rule';
import type { EntryView } from './view';

/** Rules that many fields share. */

/** Whether an address has no bits beyond the physical-address width. */
export function isPhysical(address: bigint, capabilities: VmxCapabilities): boolean {
  return address >> BigInt(capabilities.physicalAddressWidth) === 0n;
}

/** Whether a field holds a canonical address: its bits from `width` - 1 up are all equal. */
export function holdsCanonical(view: EntryView, field: Field): boolean {
  const top = (view.high(field) | 0) >> (view.capabilities.linearAddressWidth - 33);
  return top === 0 || top === -1;
}

/** Whether a field has no bits beyond the physical-address width. */
export function holdsPhysical(view: EntryView, field: Field): boolean {
  return view.high(field) >>> (view.capabilities.physicalAddressWidth - 32) === 0;
}

/** Whether an address of a structure is aligned to 2^`alignment` and within the width. */
export function isStructureAddress(view: EntryView, field: Field, alignment: number): boolean {
  return !view.bits(field, (1 << alignment) - 1) && holdsPhysical(view, field);
}

/** A structure's address is needed only when a control is 1. */
export function addressRule(
  id: string,
  field: Field,
  needed: (view: EntryView) => boolean,
  alignment = 12,
) {
  return rule(
    id,
    field,
    (v) => !needed(v) || isStructureAddress(v, field, alignment),
    (v) =>
      l10n.t(
        'a physical address with bits {0}:0 zero and none beyond bit {1}',
        alignment - 1,
        v.capabilities.physicalAddressWidth - 1,
      ),
  );
}

export function canonicalRule(
  id: string,
  field: Field,
  needed: (view: EntryView) => boolean = () => true,
) {
  return rule(
    id,
    field,
    (v) => !needed(v) || holdsCanonical(v, field),
    () => l10n.t('a canonical address'),
  );
}

/** The bits of `allowedBits` are the only ones that may be set. */
export function reservedRule(
  id: string,
  field: Field,
  allowedBits: (view: EntryView) => bigint,
  needed: (view: EntryView) => boolean = () => true,
) {
  return rule(
    id,
    field,
    (v) => !needed(v) || (v.field(field) & ~allowedBits(v)) === 0n,
    (v) => l10n.t('only bits of {0}', hex(allowedBits(v))),
  );
}

export function patRule(id: string, field: Field, needed: (view: EntryView) => boolean) {
  return rule(
    id,
    field,
    (v) => !needed(v) || isValidPat(v.field(field)),
    () => l10n.t('each byte 0 (UC), 1 (WC), 4 (WT), 5 (WP), 6 (WB) or 7 (UC-)'),
  );
}

/**
 * An MSR area: 16-byte aligned, its last byte within the physical-address width, unless its
 * count is 0 (SDM 3C 27.2.1.2).
 */
export function msrAreaRule(id: string, address: Field, count: Field) {
  return rule(
    id,
    [address, count],
    (v) => {
      if (v.number(count) === 0) return true;
      const entries = v.field(count);
      const first = v.field(address);
      const last = first + entries * 16n - 1n;
      return (
        (first & 0xfn) === 0n &&
        isPhysical(first, v.capabilities) &&
        isPhysical(last, v.capabilities)
      );
    },
    (v) =>
      l10n.t(
        '{0} 16-byte aligned, and the area below bit {1}',
        fieldName(address),
        v.capabilities.physicalAddressWidth,
      ),
  );
}

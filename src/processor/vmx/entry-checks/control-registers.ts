import * as l10n from '@vscode/l10n';
import type { Field } from '../../../isa/vmx/fields';
import { hex, rule } from './rule';
import { holdsPhysical } from './values';
import type { EntryView } from './view';

/** Rules that the control registers of guest and host share (SDM 3C 27.2.2, 27.3.1.1). */

/** Bits fixed in VMX operation: those that must be 1 and those that may be (SDM 3D A.7, A.8). */
export function fixedBitsRule(
  id: string,
  field: Field,
  mustBe1: (view: EntryView) => bigint,
  mayBe1: (view: EntryView) => bigint,
) {
  return rule(
    id,
    field,
    (v) => {
      const value = v.field(field);
      return (value & mustBe1(v)) === mustBe1(v) && (value & ~mayBe1(v)) === 0n;
    },
    (v) => {
      const value = v.field(field);
      const [missing, forbidden] = [mustBe1(v) & ~value, value & ~mayBe1(v)];
      const parts = [];
      if (missing !== 0n) parts.push(l10n.t('must be 1: {0}', hex(missing)));
      if (forbidden !== 0n) parts.push(l10n.t('must be 0: {0}', hex(forbidden)));
      return parts.join('; ');
    },
  );
}

/** Bits 63:52 of CR3 and those beyond the physical-address width are 0. */
export function cr3Rule(id: string, field: Field) {
  return rule(
    id,
    field,
    (v) => holdsPhysical(v, field),
    (v) => l10n.t('no bits beyond bit {0}', v.capabilities.physicalAddressWidth - 1),
  );
}

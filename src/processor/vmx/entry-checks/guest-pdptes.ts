import { addressMasks } from '../../paging/address-masks';
import { Pte, PteReserved } from '../../../isa/paging';
import * as l10n from '@vscode/l10n';
import { Cr0, Cr3Address, Cr4 } from '../../../isa/registers/control';
import { SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { EntryFailureQualification } from '../../../isa/vmx/instruction-errors';
import { checks, rule } from './rule';
import type { EntryView } from './view';

/** Whether the guest uses PAE paging (SDM 3C 27.3.1.6). */
export function usesPae(v: EntryView): boolean {
  return v.bits(Field.GUEST_CR0, Cr0.PG) && v.bits(Field.GUEST_CR4, Cr4.PAE) && !v.ia32eGuest;
}

/** A PDPTE that is present has no reserved bits set: 2:1, 8:5 and those beyond the address width. */
export function isValidPdpte(pdpte: bigint, physicalAddressWidth: number): boolean {
  if ((pdpte & Pte.P) === 0n) return true;
  const reserved = PteReserved.PDPTE_PAE | addressMasks(physicalAddressWidth).reserved;
  return (pdpte & reserved) === 0n;
}

const FIELDS = [
  Field.GUEST_PDPTE0,
  Field.GUEST_PDPTE1,
  Field.GUEST_PDPTE2,
  Field.GUEST_PDPTE3,
] as const;

const allowed = (v: EntryView) =>
  l10n.t(
    'not present, or bits 2:1 and 8:5 zero and none beyond bit {0}',
    v.capabilities.physicalAddressWidth - 1,
  );

const valid = (v: EntryView, pdpte: bigint) =>
  isValidPdpte(pdpte, v.capabilities.physicalAddressWidth);

/** The PDPTEs: from the VMCS with EPT, else from where CR3 points (SDM 3C 27.3.1.6). */
export const GUEST_PDPTE_CHECKS = checks('guest', 'SDM 3C 27.3.1.6', [
  ...FIELDS.map((field, index) =>
    rule(
      `pdpte${index}`,
      field,
      (v) => !usesPae(v) || !v.secondary(SecondaryControl.ENABLE_EPT) || valid(v, v.field(field)),
      allowed,
      EntryFailureQualification.PDPTE,
    ),
  ),
  rule(
    'pdptes-in-memory',
    Field.GUEST_CR3,
    (v) => {
      if (!usesPae(v) || v.secondary(SecondaryControl.ENABLE_EPT)) return true;
      const table = Number(v.field(Field.GUEST_CR3) & Cr3Address.PAE);
      return FIELDS.every((_, i) => valid(v, v.facts.memory.read64(table + 8 * i)));
    },
    (v) => l10n.t('a page-directory-pointer table whose entries are: {0}', allowed(v)),
    EntryFailureQualification.PDPTE,
  ),
]);

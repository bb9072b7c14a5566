import { isValidPdpte, readPdptes } from '../../paging/pdptes';
import * as l10n from '@vscode/l10n';
import { Cr0, Cr4 } from '../../../isa/registers/control';
import { SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { EntryFailureQualification } from '../../../isa/vmx/instruction-errors';
import { checks, rule } from './rule';
import type { EntryView } from './view';

/** Whether the guest uses PAE paging (SDM 3C 27.3.1.6). */
export function usesPae(v: EntryView): boolean {
  return v.bits(Field.GUEST_CR0, Cr0.PG) && v.bits(Field.GUEST_CR4, Cr4.PAE) && !v.ia32eGuest;
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
      const { memory } = v.facts;
      const pdptes = readPdptes(v.field(Field.GUEST_CR3), (at) => memory.read64(Number(at)));
      return pdptes.every((pdpte) => valid(v, pdpte));
    },
    (v) => l10n.t('a page-directory-pointer table whose entries are: {0}', allowed(v)),
    EntryFailureQualification.PDPTE,
  ),
]);

import * as l10n from '@vscode/l10n';
import { reservedBits } from '../../../isa/bits';
import { WideCr0, WideCr4, WideEfer } from '../../../isa/registers/control';
import { CET } from '../../../isa/registers/msr-fields';
import { Attributes } from '../../../isa/svm/save-fields';
import type { VmcbFieldId } from '../../../isa/svm/vmcb';
import { has, vmrunCheck, type VmrunView } from './rule';

/** Long mode is being entered, or goes on: LME and paging. */
const longMode = (v: VmrunView): boolean =>
  has(v, 'EFER', WideEfer.LME) && has(v, 'CR0', WideCr0.PG);

const upperHalf = (id: string, field: VmcbFieldId) =>
  vmrunCheck(
    `save.${id}.upper-half`,
    field,
    (v) => v.field(field) >> 32n === 0n,
    () => l10n.t('bits 63:32 zero'),
  );

const reserved = (id: string, field: VmcbFieldId, allowed: (v: VmrunView) => bigint) =>
  vmrunCheck(
    `save.${id}.reserved`,
    field,
    (v) => (v.field(field) & ~allowed(v)) === 0n,
    (v) => l10n.t('must be 0: {0}', `0x${(v.field(field) & ~allowed(v)).toString(16)}`),
  );

/** Checks on the state-save area (APM 2 15.5.1). */
export const SAVE_AREA_CHECKS = [
  vmrunCheck(
    'save.efer.svme',
    'EFER',
    (v) => has(v, 'EFER', WideEfer.SVME),
    () => l10n.t('SVME (bit 12) 1'),
  ),
  vmrunCheck(
    'save.cr0.nw-cd',
    'CR0',
    (v) => has(v, 'CR0', WideCr0.CD) || !has(v, 'CR0', WideCr0.NW),
    () => l10n.t('NW only with CD'),
  ),
  upperHalf('cr0', 'CR0'),
  vmrunCheck(
    'save.cr3.reserved',
    'CR3',
    (v) => v.field('CR3') >> BigInt(v.capabilities.physicalAddressWidth) === 0n,
    (v) => l10n.t('no bits beyond bit {0}', v.capabilities.physicalAddressWidth - 1),
  ),
  reserved('cr4', 'CR4', (v) => v.capabilities.cr4),
  upperHalf('dr6', 'DR6'),
  upperHalf('dr7', 'DR7'),
  reserved('efer', 'EFER', (v) => v.capabilities.efer),
  vmrunCheck(
    'save.long-mode.pae',
    ['CR4', 'EFER', 'CR0'],
    (v) => !longMode(v) || has(v, 'CR4', WideCr4.PAE),
    () => l10n.t('PAE 1 when EFER.LME and CR0.PG are 1'),
  ),
  vmrunCheck(
    'save.long-mode.pe',
    ['CR0', 'EFER'],
    (v) => !longMode(v) || has(v, 'CR0', WideCr0.PE),
    () => l10n.t('PE 1 when EFER.LME and CR0.PG are 1'),
  ),
  vmrunCheck(
    'save.cs.l-d',
    ['CS_ATTRIB', 'EFER', 'CR0', 'CR4'],
    (v) =>
      !longMode(v) ||
      !has(v, 'CR4', WideCr4.PAE) ||
      !has(v, 'CS_ATTRIB', Attributes.L) ||
      !has(v, 'CS_ATTRIB', Attributes.DB),
    () => l10n.t('D 0 when L is 1 in long mode'),
  ),
  vmrunCheck(
    'save.cr4.cet',
    ['CR4', 'CR0'],
    (v) => !has(v, 'CR4', WideCr4.CET) || has(v, 'CR0', WideCr0.WP),
    () => l10n.t('CR4.CET only with CR0.WP'),
  ),
  vmrunCheck(
    'save.s-cet.reserved',
    ['S_CET', 'CR4'],
    (v) => !has(v, 'CR4', WideCr4.CET) || (v.field('S_CET') & reservedBits(CET, 64)) === 0n,
    () => l10n.t('reserved bits zero'),
  ),
];

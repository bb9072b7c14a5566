import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import { isValidPat } from '../../../isa/memory-types';
import { WideCr0, WideEfer } from '../../../isa/registers/control';
import { NestedControl, VirtualInterrupt } from '../../../isa/svm/control-fields';
import { EventType, VMRUN_INTERCEPT } from '../../../isa/svm/intercepts';
import { Attributes } from '../../../isa/svm/save-fields';
import type { VmcbFieldId } from '../../../isa/svm/vmcb';
import { has, vmrunCheck, type VmrunView } from './rule';

/** Bytes of the permissions maps, the first of which has a bit for each of 64K + 3 ports (APM 2 15.10.1, 15.11). */
const MAP_SIZE = { IOPM: 0x2001n, MSRPM: 0x2000n } as const;

/** The intercept of NMIs in intercept vector 3. */
const NMI_INTERCEPT = 1n << 1n;

const nested = (v: VmrunView): boolean => has(v, 'NESTED_CONTROL', NestedControl.NP_ENABLE);
const limit = (v: VmrunView): bigint => 1n << BigInt(v.capabilities.physicalAddressWidth);

/** A map of permissions does not extend to the end of physical addresses; bits 11:0 of its address are ignored. */
const mapCheck = (id: string, field: VmcbFieldId, size: bigint) =>
  vmrunCheck(
    `control.${id}`,
    field,
    (v) => (v.field(field) & ~0xfffn) + size < limit(v),
    (v) => l10n.t('the whole map below bit {0}', v.capabilities.physicalAddressWidth),
  );

/** The event that VMRUN is to inject (APM 2 15.20). */
function injected(v: VmrunView): { type: number; vector: number } | undefined {
  const event = v.field('EVENTINJ');
  if (event >> 31n === 0n) return undefined;
  return { type: Number((event >> 8n) & 7n), vector: Number(event & 0xffn) };
}

/** Exceptions whose instructions 64-bit mode does not have. */
const absentIn64Bit = (vector: number): boolean =>
  vector === Number(Vector.OF) || vector === Number(Vector.BR);

const code64 = (v: VmrunView): boolean =>
  has(v, 'EFER', WideEfer.LME) && has(v, 'CR0', WideCr0.PG) && has(v, 'CS_ATTRIB', Attributes.L);

const TYPES: ReadonlySet<number> = new Set(Object.values(EventType));

/** Bit 63 of the allowed features: the others are in force. */
const ALLOWED_IN_FORCE = 1n << 63n;

/** Checks on the control area (APM 2 15.5.1). */
export const CONTROL_AREA_CHECKS = [
  vmrunCheck(
    'control.vmrun-intercept',
    'INTERCEPT_VECTOR_4',
    (v) => has(v, 'INTERCEPT_VECTOR_4', VMRUN_INTERCEPT),
    () => l10n.t('bit 0 (VMRUN) 1'),
  ),
  vmrunCheck(
    'control.asid',
    'GUEST_ASID',
    (v) => v.field('GUEST_ASID') !== 0n,
    () => l10n.t('not 0: ASID 0 is that of the host'),
  ),
  vmrunCheck(
    'control.event.mode',
    ['EVENTINJ', 'EFER', 'CS_ATTRIB'],
    (v) => {
      const event = injected(v);
      return event?.type !== EventType.EXCEPTION || !absentIn64Bit(event.vector) || !code64(v);
    },
    () => l10n.t('no #OF and no #BR in 64-bit mode'),
    'APM 2 15.20',
  ),
  vmrunCheck(
    'control.virtual-nmi',
    ['VIRTUAL_INTERRUPT', 'INTERCEPT_VECTOR_3'],
    (v) =>
      !has(v, 'VIRTUAL_INTERRUPT', BigInt(VirtualInterrupt.V_NMI_ENABLE)) ||
      has(v, 'INTERCEPT_VECTOR_3', NMI_INTERCEPT),
    () => l10n.t('V_NMI_ENABLE only with the intercept of NMIs'),
    'APM 2 15.21.10',
  ),
  mapCheck('iopm', 'IOPM_BASE_PA', MAP_SIZE.IOPM),
  mapCheck('msrpm', 'MSRPM_BASE_PA', MAP_SIZE.MSRPM),
  vmrunCheck(
    'control.event.type',
    'EVENTINJ',
    (v) => {
      const event = injected(v);
      return event === undefined || TYPES.has(event.type);
    },
    () => l10n.t('type 0, 2, 3 or 4'),
    'APM 2 15.20',
  ),
  vmrunCheck(
    'control.event.vector',
    'EVENTINJ',
    (v) => {
      const event = injected(v);
      if (event?.type !== EventType.EXCEPTION) return true;
      return event.vector !== Number(Vector.NMI) && event.vector <= 31;
    },
    () => l10n.t('vector 0 to 31 but 2 for an exception'),
    'APM 2 15.20',
  ),
  vmrunCheck(
    'control.nested-cr3',
    ['N_CR3', 'NESTED_CONTROL'],
    (v) => !nested(v) || v.field('N_CR3') < limit(v),
    (v) => l10n.t('no bits beyond bit {0}', v.capabilities.physicalAddressWidth - 1),
    'APM 2 15.25.4',
  ),
  vmrunCheck(
    'control.host-paging',
    'NESTED_CONTROL',
    (v) => !nested(v) || v.hostPaging !== false,
    () => l10n.t('NP_ENABLE only when the host has paging'),
    'APM 2 15.25.3',
  ),
  vmrunCheck(
    'control.guest-pat',
    ['G_PAT', 'NESTED_CONTROL'],
    (v) => !nested(v) || isValidPat(v.field('G_PAT')),
    () => l10n.t('each byte 0 (UC), 1 (WC), 4 (WT), 5 (WP), 6 (WB) or 7 (UC-)'),
    'APM 2 15.25.4',
  ),
  vmrunCheck(
    'control.sev-es',
    'NESTED_CONTROL',
    (v) => {
      const es = has(v, 'NESTED_CONTROL', NestedControl.SEV_ES);
      const rest = NestedControl.SEV | NestedControl.NP_ENABLE;
      return !es || (v.field('NESTED_CONTROL') & rest) === rest;
    },
    () => l10n.t('SEV_ES only with SEV and NP_ENABLE'),
    'APM 2 15.35.3',
  ),
  vmrunCheck(
    'control.allowed-sev-features',
    ['SEV_FEATURES', 'ALLOWED_SEV_FEATURES', 'NESTED_CONTROL'],
    (v) => {
      if (!has(v, 'NESTED_CONTROL', NestedControl.SEV_ES)) return true;
      const allowed = v.field('ALLOWED_SEV_FEATURES');
      if ((allowed & ALLOWED_IN_FORCE) === 0n) return true;
      return (v.field('SEV_FEATURES') & ~allowed) === 0n;
    },
    (v) => l10n.t('only bits of {0}', `0x${v.field('ALLOWED_SEV_FEATURES').toString(16)}`),
    'APM 2 15.36.20',
  ),
];

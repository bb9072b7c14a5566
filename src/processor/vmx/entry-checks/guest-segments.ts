import * as l10n from '@vscode/l10n';
import { Cr0 } from '../../../isa/registers/control';
import { Rflags } from '../../../isa/registers/flags';
import { reservedBits } from '../../../isa/bits';
import { ACCESS_RIGHTS, AccessRights, SegmentRights } from '../../../isa/access-rights';
import { Selector } from '../../../isa/segments';
import { Field } from '../../../isa/vmx/fields';
import { checks, rule } from './rule';
import { holdsCanonical } from './values';
import type { EntryView } from './view';

/** The fields of one guest segment register. */
export interface SegmentFields {
  readonly name: string;
  readonly selector: Field;
  readonly base: Field;
  readonly limit: Field;
  readonly rights: Field;
}

function fieldsOf(name: 'ES' | 'CS' | 'SS' | 'DS' | 'FS' | 'GS' | 'LDTR' | 'TR'): SegmentFields {
  return {
    name: name.toLowerCase(),
    selector: Field[`GUEST_${name}_SELECTOR`],
    base: Field[`GUEST_${name}_BASE`],
    limit: Field[`GUEST_${name}_LIMIT`],
    rights: Field[`GUEST_${name}_AR_BYTES`],
  };
}

const CS = fieldsOf('CS');
const SS = fieldsOf('SS');
const TR = fieldsOf('TR');
const LDTR = fieldsOf('LDTR');
const DATA = [fieldsOf('DS'), fieldsOf('ES'), fieldsOf('FS'), fieldsOf('GS')] as const;
const CODE_AND_DATA = [CS, SS, ...DATA] as const;

const RFLAGS_FIELD = Field.GUEST_RFLAGS;

export const inVirtual8086 = (v: EntryView) => v.bits(RFLAGS_FIELD, Rflags.VM);
const usable = (v: EntryView, s: SegmentFields) => !v.bits(s.rights, AccessRights.UNUSABLE);
/** Bits 31:17 and 11:8. */
const RESERVED_RIGHTS = Number(reservedBits(ACCESS_RIGHTS, 32)) | 0;
/** The register is CS, or usable: then its access rights count. */
const counts = (v: EntryView, s: SegmentFields) => s === CS || usable(v, s);
const typeOf = (v: EntryView, s: SegmentFields) => v.number(s.rights) & AccessRights.TYPE;
const dplOf = (v: EntryView, s: SegmentFields) =>
  (v.number(s.rights) & AccessRights.DPL) >> AccessRights.DPL_SHIFT;
const rplOf = (v: EntryView, s: SegmentFields) => v.number(s.selector) & Selector.RPL;

/** SS.DPL, which is the current privilege level. */
export const guestCpl = (v: EntryView) => dplOf(v, SS);

/** A rule in force outside virtual-8086 mode, for the given register. */
function ordinary(
  id: string,
  fields: readonly Field[],
  ok: (v: EntryView) => boolean,
  allowed: (v: EntryView) => string,
) {
  return rule(id, fields, (v) => inVirtual8086(v) || ok(v), allowed);
}

const SELECTOR_RULES = [
  rule(
    'tr.ti',
    TR.selector,
    (v) => !v.bits(TR.selector, Selector.TI),
    () => l10n.t('TI (bit 2) zero'),
  ),
  rule(
    'ldtr.ti',
    [LDTR.selector, LDTR.rights],
    (v) => !usable(v, LDTR) || !v.bits(LDTR.selector, Selector.TI),
    () => l10n.t('TI (bit 2) zero'),
  ),
  ordinary(
    'ss.rpl',
    [SS.selector, CS.selector],
    (v) => v.unrestricted || rplOf(v, SS) === rplOf(v, CS),
    () => l10n.t('RPL equal to that of CS (without "Unrestricted guest")'),
  ),
];

const BASE_RULES = [
  ...CODE_AND_DATA.map((s) =>
    rule(
      `${s.name}.v86-base`,
      [s.base, s.selector, RFLAGS_FIELD],
      (v) => !inVirtual8086(v) || v.field(s.base) === v.field(s.selector) << 4n,
      () => l10n.t('the selector times 16, in virtual-8086 mode'),
    ),
  ),
  ...[TR, fieldsOf('FS'), fieldsOf('GS'), LDTR].map((s) =>
    rule(
      `${s.name}.base`,
      [s.base],
      (v) => (s === LDTR && !usable(v, s)) || holdsCanonical(v, s.base),
      () => l10n.t('a canonical address'),
    ),
  ),
  ...[CS, SS, fieldsOf('DS'), fieldsOf('ES')].map((s) =>
    rule(
      `${s.name}.base`,
      [s.base],
      (v) => (s.name !== 'cs' && !usable(v, s)) || v.high(s.base) === 0,
      () => l10n.t('bits 63:32 zero'),
    ),
  ),
];

const VIRTUAL_8086_RULES = CODE_AND_DATA.flatMap((s) => [
  rule(
    `${s.name}.v86-limit`,
    [s.limit, RFLAGS_FIELD],
    (v) => !inVirtual8086(v) || v.number(s.limit) === 0xffff,
    () => l10n.t('0xffff, in virtual-8086 mode'),
  ),
  rule(
    `${s.name}.v86-access-rights`,
    [s.rights, RFLAGS_FIELD],
    (v) => !inVirtual8086(v) || v.number(s.rights) === SegmentRights.VIRTUAL_8086,
    () => l10n.t('0xf3, in virtual-8086 mode'),
  ),
]);

const TYPE_RULES = [
  ordinary(
    'cs.type',
    [CS.rights],
    (v) => [9, 11, 13, 15, ...(v.unrestricted ? [3] : [])].includes(typeOf(v, CS)),
    (v) =>
      v.unrestricted
        ? l10n.t('type 9, 11, 13, 15 (accessed code) or 3 (read/write accessed data)')
        : l10n.t('type 9, 11, 13 or 15 (accessed code)'),
  ),
  ordinary(
    'ss.type',
    [SS.rights],
    (v) => !usable(v, SS) || [3, 7].includes(typeOf(v, SS)),
    () => l10n.t('type 3 or 7 (read/write accessed data)'),
  ),
  ...DATA.map((s) =>
    ordinary(
      `${s.name}.type`,
      [s.rights],
      (v) => {
        const type = typeOf(v, s);
        return !usable(v, s) || ((type & 1) === 1 && ((type & 8) === 0 || (type & 2) !== 0));
      },
      () => l10n.t('accessed (bit 0), and readable (bit 1) if code'),
    ),
  ),
];

const DPL_RULES = [
  ordinary(
    'cs.dpl',
    [CS.rights, SS.rights],
    (v) => {
      switch (typeOf(v, CS)) {
        case 3:
          return dplOf(v, CS) === 0;
        case 9:
        case 11:
          return dplOf(v, CS) === dplOf(v, SS);
        case 13:
        case 15:
          return dplOf(v, CS) <= dplOf(v, SS);
        default:
          return true;
      }
    },
    () => l10n.t('DPL equal to that of SS (not above it for conforming code, 0 for type 3)'),
  ),
  ordinary(
    'ss.dpl-rpl',
    [SS.rights, SS.selector],
    (v) => v.unrestricted || dplOf(v, SS) === rplOf(v, SS),
    () => l10n.t('DPL equal to the RPL of its selector (without "Unrestricted guest")'),
  ),
  ordinary(
    'ss.dpl-zero',
    [SS.rights, CS.rights, Field.GUEST_CR0],
    (v) => dplOf(v, SS) === 0 || (typeOf(v, CS) !== 3 && v.bits(Field.GUEST_CR0, Cr0.PE)),
    () => l10n.t('DPL 0 when CS has type 3 or CR0.PE is 0'),
  ),
  ...DATA.map((s) =>
    ordinary(
      `${s.name}.dpl`,
      [s.rights, s.selector],
      (v) => v.unrestricted || !usable(v, s) || typeOf(v, s) > 11 || dplOf(v, s) >= rplOf(v, s),
      () => l10n.t('DPL not below the RPL of its selector (without "Unrestricted guest")'),
    ),
  ),
];

/** A limit fits the granularity bit (SDM 3C 27.3.1.2, bit 15). */
function granularityFits(v: EntryView, s: SegmentFields): boolean {
  const limit = v.number(s.limit);
  const pages = v.bits(s.rights, AccessRights.G);
  return pages ? (limit & 0xfff) === 0xfff : limit <= 0xfffff;
}

const granularity = () =>
  l10n.t('G 0 if any of limit bits 11:0 is 0; G 1 if any of limit bits 31:20 is 1');

const COMMON_RULES = CODE_AND_DATA.flatMap((s) => [
  ordinary(
    `${s.name}.s`,
    [s.rights],
    (v) => !counts(v, s) || v.bits(s.rights, AccessRights.S),
    () => l10n.t('S (bit 4) 1: code or data'),
  ),
  ordinary(
    `${s.name}.present`,
    [s.rights],
    (v) => !counts(v, s) || v.bits(s.rights, AccessRights.P),
    () => l10n.t('P (bit 7) 1'),
  ),
  ordinary(
    `${s.name}.reserved`,
    [s.rights],
    (v) => !counts(v, s) || !v.bits(s.rights, RESERVED_RIGHTS),
    () => l10n.t('bits 11:8 and 31:17 zero'),
  ),
  ordinary(
    `${s.name}.granularity`,
    [s.rights, s.limit],
    (v) => !counts(v, s) || granularityFits(v, s),
    granularity,
  ),
]);

const CODE_SIZE_RULE = ordinary(
  'cs.l-d',
  [CS.rights, Field.VM_ENTRY_CONTROLS],
  (v) => !v.ia32eGuest || !v.bits(CS.rights, AccessRights.L) || !v.bits(CS.rights, AccessRights.DB),
  () => l10n.t('D/B 0 when L is 1 and "IA-32e mode guest" is 1'),
);

const SYSTEM_RULES = [
  rule(
    'tr.type',
    [TR.rights, Field.VM_ENTRY_CONTROLS],
    (v) => typeOf(v, TR) === 11 || (typeOf(v, TR) === 3 && !v.ia32eGuest),
    (v) =>
      v.ia32eGuest
        ? l10n.t('type 11 (busy 64-bit TSS)')
        : l10n.t('type 3 (busy 16-bit TSS) or 11 (busy 32-bit TSS)'),
  ),
  rule(
    'tr.usable',
    TR.rights,
    (v) => usable(v, TR),
    () => l10n.t('usable (bit 16 zero)'),
  ),
  rule(
    'ldtr.type',
    LDTR.rights,
    (v) => !usable(v, LDTR) || typeOf(v, LDTR) === 2,
    () => l10n.t('type 2 (LDT)'),
  ),
  ...[TR, LDTR].flatMap((s) => {
    const inForce = (v: EntryView) => s === TR || usable(v, s);
    return [
      rule(
        `${s.name}.s`,
        s.rights,
        (v) => !inForce(v) || !v.bits(s.rights, AccessRights.S),
        () => l10n.t('S (bit 4) 0: system segment'),
      ),
      rule(
        `${s.name}.present`,
        s.rights,
        (v) => !inForce(v) || v.bits(s.rights, AccessRights.P),
        () => l10n.t('P (bit 7) 1'),
      ),
      rule(
        `${s.name}.reserved`,
        s.rights,
        (v) => !inForce(v) || !v.bits(s.rights, RESERVED_RIGHTS),
        () => l10n.t('bits 11:8 and 31:17 zero'),
      ),
      rule(
        `${s.name}.granularity`,
        [s.rights, s.limit],
        (v) => !inForce(v) || granularityFits(v, s),
        granularity,
      ),
    ];
  }),
];

/** Guest segment registers (SDM 3C 27.3.1.2). */
export const GUEST_SEGMENT_CHECKS = checks('guest', 'SDM 3C 27.3.1.2', [
  ...SELECTOR_RULES,
  ...BASE_RULES,
  ...VIRTUAL_8086_RULES,
  ...TYPE_RULES,
  ...DPL_RULES,
  ...COMMON_RULES,
  CODE_SIZE_RULE,
  ...SYSTEM_RULES,
]);

import * as l10n from '@vscode/l10n';
import type { BitTable } from '../../isa/bits';
import { clauses, withNote } from '../../isa/phrases';
import { CR0, CR3, CR4, CR8, EFER } from '../../isa/registers/control';
import { DR6, DR7 } from '../../isa/registers/debug';
import { RFLAGS } from '../../isa/registers/flags';
import { gprName } from '../../isa/registers/general';
import { Msr, msrByNumber } from '../../isa/registers/msr';
import { Seg, SEG_NAMES } from '../../isa/registers/segment';
import { ACCESS_RIGHTS, AccessRights, segmentTypeName } from '../../isa/segments';
import { UNUSABLE } from '../../processor/state/cpu-state';
import type { Registers } from '../registers/registers';
import { isLongMode, linearRip, modeOf } from '../registers/registers';
import { symbolAt } from '../places/program-place';
import type { Target } from '../target';
import { bitRows, bitTooltip, summary } from './bit-rows';
import { descriptorRows } from './descriptor-rows';
import { captureUnits, isUnitNode, unitGroupRows, unitRows } from './unit-rows';
import { formatNumber, group, hex, leaf, type Row, type ViewRequest } from './row';

/** A register that the view can show, and edit unless it is read-only. */
interface RegisterRow {
  readonly id: string;
  readonly label: string;
  readonly bits?: BitTable;
  read(registers: Registers): bigint | undefined;
  write?(registers: Registers, value: bigint): void;
}

const gpr = (index: number): RegisterRow => ({
  id: gprName(index, 64),
  label: gprName(index, 64),
  read: (r) => r.gpr(index),
  write: (r, value) => {
    r.setGpr(index, value);
  },
});
const control = (number: number, bits?: BitTable): RegisterRow => ({
  id: `cr${String(number)}`,
  label: `cr${String(number)}`,
  ...(bits && { bits }),
  read: (r) => r.controlRegister(number),
  write: (r, value) => {
    r.setControlRegister(number, value);
  },
});
const msr = (number: number): RegisterRow => {
  const row = msrByNumber(number);
  return {
    id: `msr${hex(number)}`,
    label: row?.name ?? hex(number),
    ...(row?.bits && { bits: row.bits }),
    read: (r) => r.msr(number),
    write: (r, value) => {
      r.setMsr(number, value);
    },
  };
};

const RIP: RegisterRow = {
  id: 'rip',
  label: 'rip',
  read: (r) => r.rip,
  write: (r, value) => {
    r.rip = value;
  },
};
const FLAGS: RegisterRow = {
  id: 'rflags',
  label: 'rflags',
  bits: RFLAGS,
  read: (r) => r.rflags,
  write: (r, value) => {
    r.rflags = value;
  },
};
const EFER_ROW: RegisterRow = { ...msr(Msr.EFER), id: 'efer', label: 'efer', bits: EFER };
const debug = (number: number, bits?: BitTable): RegisterRow => ({
  id: `dr${String(number)}`,
  label: `dr${String(number)}`,
  ...(bits && { bits }),
  read: (r) => r.debugRegister(number),
});

const KEY_MSRS = [
  Msr.STAR,
  Msr.LSTAR,
  Msr.CSTAR,
  Msr.FMASK,
  Msr.FS_BASE,
  Msr.GS_BASE,
  Msr.KERNEL_GS_BASE,
  Msr.SYSENTER_CS,
  Msr.SYSENTER_ESP,
  Msr.SYSENTER_EIP,
  Msr.PAT,
  Msr.APIC_BASE,
  Msr.TSC,
  Msr.TSC_AUX,
  Msr.FEATURE_CONTROL,
  Msr.DEBUGCTL,
];

/** What a VM exit does not switch: while the guest runs they are the guest's alone. */
const GENERAL = [0, 3, 1, 2, 6, 7, 5, 8, 9, 10, 11, 12, 13, 14, 15].map(gpr);

/** The groups, in the order of the view. RSP stands with RIP, so General has the other fifteen. */
const GROUPS: readonly {
  id: string;
  label: () => string;
  open: boolean;
  rows: readonly RegisterRow[];
}[] = [
  { id: 'pointers', label: () => l10n.t('Pointers'), open: true, rows: [RIP, gpr(4)] },
  {
    id: 'general',
    label: () => l10n.t('General'),
    open: true,
    rows: GENERAL,
  },
  { id: 'flags', label: () => l10n.t('Flags'), open: true, rows: [FLAGS] },
  {
    id: 'control',
    label: () => l10n.t('Control'),
    open: true,
    rows: [
      control(0, CR0),
      control(2),
      control(3, CR3),
      control(4, CR4),
      control(8, CR8),
      EFER_ROW,
    ],
  },
  { id: 'segments', label: () => l10n.t('Segments'), open: false, rows: [] },
  { id: 'tables', label: () => l10n.t('Descriptor tables'), open: false, rows: [] },
  { id: 'msrs', label: () => l10n.t('MSRs'), open: false, rows: KEY_MSRS.map(msr) },
  {
    id: 'debug',
    label: () => l10n.t('Debug'),
    open: false,
    rows: [debug(0), debug(1), debug(2), debug(3), debug(6, DR6), debug(7, DR7)],
  },
];

const ALL_ROWS = GROUPS.flatMap(({ rows }) => rows);

/** The values that are compared from stop to stop: guest's, then host's, by row. */
export function captureRegisters(target: Target): Map<string, bigint> {
  const values = new Map<string, bigint>();
  const sides = [
    ['guest', target.guest],
    ['host', target.host],
  ] as const;
  for (const [side, registers] of sides) {
    if (!registers) continue;
    for (const row of ALL_ROWS) {
      const value = row.read(registers);
      if (value !== undefined) values.set(`${side}/${row.id}`, value);
    }
    SEG_NAMES.forEach((name, index) => {
      const { selector, base, limit, accessRights } = registers.segment(index);
      const packed =
        (BigInt(selector) << 160n) | (base << 96n) | (BigInt(limit) << 32n) | BigInt(accessRights);
      values.set(`${side}/${name}`, packed);
    });
    values.set(`${side}/gdtr`, (registers.gdtr.base << 16n) | BigInt(registers.gdtr.limit));
    values.set(`${side}/idtr`, (registers.idtr.base << 16n) | BigInt(registers.idtr.limit));
  }
  for (const [key, value] of captureUnits(target)) values.set(key, value);
  return values;
}

/** The rows below a node of the registers view. */
export function registerRows(
  target: Target,
  request: ViewRequest,
  changedSince: (key: string) => boolean,
  before: (key: string) => bigint | undefined,
): Row[] {
  const [groupId, rowId, ...rest] = (request.node ?? '').split('/');
  if (!request.node) {
    const groups = GROUPS.map(({ id, label, open }) =>
      group(id, label(), open, id === 'general' ? generalNote(target) : {}),
    );
    return [...groups, ...unitGroupRows(target)];
  }
  if (isUnitNode(request.node)) return unitRows(target, request, before);
  if (groupId === 'segments')
    return rowId ? segmentChildren(target, request) : segmentRows(target, changedSince);
  if (groupId === 'tables') {
    return rowId
      ? descriptorRows(target, request.node, rowId, rest)
      : tableRows(target, changedSince);
  }
  const rows = GROUPS.find(({ id }) => id === groupId)?.rows ?? [];
  if (!rowId)
    return rows
      .map((row) => registerRow(target, groupId ?? '', row, request, changedSince))
      .filter((r) => r !== undefined);
  const row = rows.find(({ id }) => id === rowId);
  const registers = focused(target, request);
  const value = row && registers ? row.read(registers) : undefined;
  if (!row?.bits || value === undefined) return [];
  return bitRows(request.node, row.bits, value, before(`${request.focus}/${row.id}`));
}

/** Worth saying where they stand. */
const generalNote = ({ technique }: Target): Partial<Row> => ({
  tooltip:
    technique.switchedNote ??
    l10n.t(
      'A VM exit does not switch the general-purpose registers: the monitor saves and loads them itself. Only RSP, RIP and RFLAGS are in the VMCS.',
    ),
});

function focused(target: Target, request: ViewRequest): Registers | undefined {
  return request.focus === 'host' ? target.host : target.guest;
}

function registerRow(
  target: Target,
  groupId: string,
  row: RegisterRow,
  request: ViewRequest,
  changedSince: (key: string) => boolean,
): Row | undefined {
  const value = row.read(target.guest);
  const hostValue = hostValueOf(target, row);
  if (value === undefined && hostValue === undefined) return undefined;
  const shown = request.focus === 'host' ? hostValue : value;
  const pointer = row.bits ? undefined : shown;
  const space = request.focus === 'host' ? 'hva' : 'gva';
  const changed =
    changedSince(`guest/${row.id}`) ||
    ((target.side === 'monitor' || target.side === 'hypervisor') && changedSince(`host/${row.id}`));
  return {
    id: `${groupId}/${row.id}`,
    label: row.label,
    description: describeSides(target, row, value, hostValue, request),
    ...(row.bits && shown !== undefined && { tooltip: bitTooltip(row.bits, shown) }),
    ...(changed && { changed }),
    children: row.bits ? 'collapsed' : 'none',
    ...(shown !== undefined && { value: formatNumber(shown, request.format) }),
    expression: row.id.startsWith('msr') ? `msr(${row.id.slice(3)})` : `${request.focus}.${row.id}`,
    ...(pointer !== undefined && { memoryReference: `${space}:${hex(pointer)}` }),
    editable: row.write !== undefined,
  };
}

/** What the host has in a register; nothing where the guest, which has control, holds it. */
function hostValueOf(target: Target, row: RegisterRow): bigint | undefined {
  if (!target.host || (target.side === 'guest' && GENERAL.includes(row))) return undefined;
  return row.read(target.host);
}

/** 'guest 0x1 · host 0x1', or only one value where there is one world. */
function describeSides(
  target: Target,
  row: RegisterRow,
  guest: bigint | undefined,
  host: bigint | undefined,
  request: ViewRequest,
): string {
  const text = (side: 'guest' | 'host', value: bigint): string => {
    const number = formatNumber(value, request.format);
    if (row.bits) {
      const names = summary(row.bits, value);
      return names ? withNote(names, number) : number;
    }
    return `${number}${row.id === 'rip' ? nearSymbol(target, side) : ''}`;
  };
  if (host === undefined) return guest === undefined ? '' : text('guest', guest);
  const hostText = target.host ? text('host', host) : '';
  return l10n.t('guest {0} · host {1}', guest === undefined ? '–' : text('guest', guest), hostText);
}

/** The label that a side's next instruction lies behind. */
function nearSymbol(target: Target, side: 'guest' | 'host'): string {
  const world = side === 'host' ? target.hostWorld : target.guestWorld;
  if (!world?.isProgram) return '';
  const name = symbolAt(target, linearRip(world.registers), world.memory);
  return name === undefined ? '' : ` <${name}>`;
}

function segmentRows(target: Target, changedSince: (key: string) => boolean): Row[] {
  return SEG_NAMES.map((name, index) => {
    const guest = segmentText(target.guest, index);
    const host = target.host ? segmentText(target.host, index) : undefined;
    const changed = changedSince(`guest/${name}`);
    return {
      id: `segments/${name}`,
      label: name.toLowerCase(),
      description: host === undefined ? guest : l10n.t('guest {0} · host {1}', guest, host),
      ...(changed && { changed }),
      children: 'collapsed',
      value: hex(target.guest.segment(index).selector),
    };
  });
}

function segmentText(registers: Registers, index: number): string {
  const { selector, base, accessRights } = registers.segment(index);
  const text = `0x${selector.toString(16).padStart(4, '0')}`;
  if (modeOf(registers).name === 'real' && index < 6)
    return `${text} ${l10n.t('base {0}', hex(base))}`;
  if (accessRights & UNUSABLE) return `${text} ${l10n.t('unusable')}`;
  const ring = (accessRights >> 5) & 3;
  const type = segmentTypeName(accessRights & 15, (accessRights & 16) !== 0, isLongMode(registers));
  const width = index === Seg.CS ? codeWidth(accessRights) : '';
  return `${text} ${clauses(l10n.t('ring {0}', ring), l10n.t(type), width)}`;
}

/** What code of a segment is, by its L and D bits. */
function codeWidth(accessRights: number): string {
  if (accessRights & AccessRights.L) return l10n.t('64-bit');
  return accessRights & AccessRights.DB ? l10n.t('32-bit') : l10n.t('16-bit');
}

/** Base, limit and access rights of one segment register: the hidden part. */
function segmentChildren(target: Target, request: ViewRequest): Row[] {
  const parent = request.node ?? '';
  const name = parent.split('/')[1] ?? '';
  const index = (SEG_NAMES as readonly string[]).indexOf(name);
  const registers = focused(target, request);
  if (index < 0 || !registers) return [];
  const { selector, base, limit, accessRights } = registers.segment(index);
  return [
    leaf(`${parent}/selector`, l10n.t('selector'), formatNumber(selector, request.format)),
    leaf(`${parent}/base`, l10n.t('base'), formatNumber(base, request.format)),
    leaf(`${parent}/limit`, l10n.t('limit'), formatNumber(limit, request.format)),
    ...bitRows(`${parent}/rights`, ACCESS_RIGHTS, BigInt(accessRights)),
  ];
}

function tableRows(target: Target, changedSince: (key: string) => boolean): Row[] {
  return (['gdtr', 'idtr'] as const).map((name) => {
    const text = ({ base, limit }: { base: bigint; limit: number }): string =>
      l10n.t('base {0}, limit {1}', hex(base), hex(limit));
    const guest = text(target.guest[name]);
    const changed = changedSince(`guest/${name}`);
    return {
      id: `tables/${name}`,
      label: name,
      description: target.host
        ? l10n.t('guest {0} · host {1}', guest, text(target.host[name]))
        : guest,
      ...(changed && { changed }),
      children: 'collapsed',
      value: hex(target.guest[name].base),
      memoryReference: `gva:${hex(target.guest[name].base)}`,
    };
  });
}

/** Writes an edited value where the register lies now. @throws RangeError for rows without a value */
export function editRegister(target: Target, request: ViewRequest, value: bigint): void {
  const rowId = (request.node ?? '').split('/')[1];
  const row = ALL_ROWS.find(({ id }) => id === rowId);
  const registers = focused(target, request);
  if (!row?.write || !registers) throw new RangeError(l10n.t('this row cannot be edited'));
  row.write(registers, value);
}

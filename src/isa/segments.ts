import { bit, decodeBits, masksOf, range, table, type DecodedField } from './bits';

export { ACCESS_RIGHTS, AccessRights } from './access-rights';

/** Selectors, descriptors and gates (SDM 3A 3.4, 3.5, 6.11, 8.2; 64-bit: 6.14, 8.2.3). */

/** Segment selector (SDM 3A 3.4.2). */
export const SELECTOR = table('Selector', 'SDM 3A 3.4.2', [
  range('RPL', 1, 0, 'Requested privilege level.'),
  bit('TI', 2, 'Table indicator.', { 0: 'GDT', 1: 'LDT' }),
  range('INDEX', 15, 3, 'Number of the descriptor in its table.'),
]);
export const Selector = masksOf(SELECTOR);

/** Types of code and data segments (S = 1; SDM 3A table 3-1). */
export const CODE_DATA_TYPES: readonly string[] = [
  'Data, read-only',
  'Data, read-only, accessed',
  'Data, read/write',
  'Data, read/write, accessed',
  'Data, read-only, expand-down',
  'Data, read-only, expand-down, accessed',
  'Data, read/write, expand-down',
  'Data, read/write, expand-down, accessed',
  'Code, execute-only',
  'Code, execute-only, accessed',
  'Code, execute/read',
  'Code, execute/read, accessed',
  'Code, execute-only, conforming',
  'Code, execute-only, conforming, accessed',
  'Code, execute/read, conforming',
  'Code, execute/read, conforming, accessed',
];

/** System types (S = 0) in legacy protected mode (SDM 3A table 3-2). */
export const SYSTEM_TYPES: Readonly<Record<number, string>> = {
  1: '16-bit TSS, available',
  2: 'LDT',
  3: '16-bit TSS, busy',
  4: '16-bit call gate',
  5: 'Task gate',
  6: '16-bit interrupt gate',
  7: '16-bit trap gate',
  9: '32-bit TSS, available',
  11: '32-bit TSS, busy',
  12: '32-bit call gate',
  14: '32-bit interrupt gate',
  15: '32-bit trap gate',
};

/** System types (S = 0) in IA-32e mode (SDM 3A table 3-2). */
export const SYSTEM_TYPES_64: Readonly<Record<number, string>> = {
  2: 'LDT',
  9: '64-bit TSS, available',
  11: '64-bit TSS, busy',
  12: '64-bit call gate',
  14: '64-bit interrupt gate',
  15: '64-bit trap gate',
};

/** Values of the type field with S = 0. */
export const SystemType = {
  TSS16_AVAILABLE: 1,
  LDT: 2,
  TSS16_BUSY: 3,
  CALL_GATE16: 4,
  TASK_GATE: 5,
  INTERRUPT_GATE16: 6,
  TRAP_GATE16: 7,
  TSS_AVAILABLE: 9,
  TSS_BUSY: 11,
  CALL_GATE: 12,
  INTERRUPT_GATE: 14,
  TRAP_GATE: 15,
} as const;

/** What makes the type of an available TSS that of a busy one. */
export const TSS_BUSY = SystemType.TSS_BUSY ^ SystemType.TSS_AVAILABLE;

/** The name of a segment type. */
export function segmentTypeName(type: number, codeOrData: boolean, longMode: boolean): string {
  const names = codeOrData ? CODE_DATA_TYPES : longMode ? SYSTEM_TYPES_64 : SYSTEM_TYPES;
  return names[type] ?? 'Reserved';
}

/** An 8-byte segment descriptor (SDM 3A 3.4.5, figure 3-8); base and limit lie in pieces. */
export const SEGMENT_DESCRIPTOR = table('Segment descriptor', 'SDM 3A 3.4.5', [
  range('LIMIT_LOW', 15, 0, 'Limit, bits 15:0.'),
  range('BASE_LOW', 39, 16, 'Base, bits 23:0.'),
  range('TYPE', 43, 40, 'Segment type.'),
  bit('S', 44, 'Descriptor type.', { 0: 'system', 1: 'code or data' }),
  range('DPL', 46, 45, 'Descriptor privilege level.'),
  bit('P', 47, 'Present.'),
  range('LIMIT_HIGH', 51, 48, 'Limit, bits 19:16.'),
  bit('AVL', 52, 'Available for use by system software.'),
  bit('L', 53, '64-bit code.'),
  bit('DB', 54, 'Default operation size.', { 0: '16-bit', 1: '32-bit' }),
  bit('G', 55, 'Granularity of the limit.', { 0: 'bytes', 1: '4 KBytes' }),
  range('BASE_HIGH', 63, 56, 'Base, bits 31:24.'),
]);

/** The low 8 bytes of a gate (SDM 3A 5.8.3, 6.11). */
export const GATE_DESCRIPTOR = table('Gate', 'SDM 3A 6.11', [
  range('OFFSET_LOW', 15, 0, 'Entry point, bits 15:0.'),
  range('SELECTOR', 31, 16, 'Code segment of the entry point (or TSS of a task gate).'),
  range('COUNT', 36, 32, 'Parameters to copy (call gates), or IST index (64-bit gates).'),
  range('TYPE', 43, 40, 'Gate type.'),
  bit('S', 44, 'Descriptor type: 0 for gates.'),
  range('DPL', 46, 45, 'The largest CPL that may use this gate by instruction.'),
  bit('P', 47, 'Present.'),
  range('OFFSET_HIGH', 63, 48, 'Entry point, bits 31:16.'),
]);

/** What a descriptor says, its scattered parts put together. */
export type Descriptor = SegmentDescriptor | GateDescriptor;

interface DescriptorCommon {
  readonly type: number;
  readonly typeName: string;
  readonly dpl: number;
  readonly present: boolean;
  /** Number of bytes the descriptor takes in its table. */
  readonly bytes: 8 | 16;
  /** The low 8 bytes field by field, for display. */
  readonly parts: DecodedField[];
}

export interface SegmentDescriptor extends DescriptorCommon {
  readonly kind: 'segment' | 'system segment';
  readonly base: bigint;
  /** The last valid offset, granularity already applied: 32 bits. */
  readonly limit: number;
  /** The attributes in VMX access-rights format. */
  readonly accessRights: number;
}

export interface GateDescriptor extends DescriptorCommon {
  readonly kind: 'gate';
  readonly selector: number;
  readonly offset: bigint;
  /** Interrupt-stack-table index (64-bit gates). */
  readonly ist: number;
  /** Number of parameters to copy (legacy call gates). */
  readonly parameters: number;
}

const GATE_TYPES: ReadonlySet<number> = new Set([4, 5, 6, 7, 12, 14, 15]);
/** Their entry point has 16 bits; bits 31:16 of the field mean nothing (SDM 3B 22.4). */
const GATES_16: ReadonlySet<number> = new Set([4, 6, 7]);

function bitsOf(value: bigint, high: number, low: number): number {
  return Number((value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n));
}

/**
 * Decodes a descriptor of the GDT, LDT or IDT.
 * @param low the first 8 bytes, little-endian
 * @param high the next 8 bytes; used only for system descriptors in IA-32e mode, which take 16
 * @param longMode whether IA-32e mode is active (IA32_EFER.LMA)
 */
export function decodeDescriptor(low: bigint, high: bigint, longMode: boolean): Descriptor {
  const type = bitsOf(low, 43, 40);
  const codeOrData = bitsOf(low, 44, 44) === 1;
  const wide = longMode && !codeOrData;
  const gate = !codeOrData && GATE_TYPES.has(type);
  const common = {
    type,
    typeName: segmentTypeName(type, codeOrData, longMode),
    dpl: bitsOf(low, 46, 45),
    present: bitsOf(low, 47, 47) === 1,
    bytes: wide ? 16 : 8,
    parts: decodeBits(gate ? GATE_DESCRIPTOR : SEGMENT_DESCRIPTOR, low),
  } as const;
  const upper = wide ? (high & 0xffffffffn) << 32n : 0n;
  const narrow = !longMode && GATES_16.has(type);
  if (gate) {
    return {
      ...common,
      kind: 'gate',
      selector: bitsOf(low, 31, 16),
      offset: narrow ? low & 0xffffn : upper | (((low >> 48n) & 0xffffn) << 16n) | (low & 0xffffn),
      ist: wide ? bitsOf(low, 34, 32) : 0,
      parameters: wide ? 0 : bitsOf(low, 36, 32),
    };
  }
  return {
    ...common,
    kind: codeOrData ? 'segment' : 'system segment',
    base: upper | ((low >> 32n) & 0xff000000n) | ((low >> 16n) & 0xffffffn),
    limit: descriptorLimit(low),
    accessRights: accessRightsOf(low),
  };
}

/** The limit of a segment descriptor in bytes, granularity applied (SDM 3A 3.4.5). */
export function descriptorLimit(low: bigint): number {
  const raw = (bitsOf(low, 51, 48) << 16) | bitsOf(low, 15, 0);
  return bitsOf(low, 55, 55) === 1 ? ((raw << 12) | 0xfff) >>> 0 : raw;
}

/** The base of a code, data or 32-bit system descriptor. */
export const descriptorBase = (low: bigint): bigint =>
  ((low >> 16n) & 0xffffffn) | ((low >> 32n) & 0xff000000n);

/**
 * A code or data descriptor that loads as the hidden part of a segment register says.
 *
 * @param rights in VMX access-rights format
 * @returns undefined where there is none: limits above 1 MByte come in 4 KBytes
 */
export function descriptorOf(base: bigint, limit: number, rights: number): bigint | undefined {
  const granular = limit > 0xfffff;
  if (granular && (limit & 0xfff) !== 0xfff) return undefined;
  const raw = BigInt(granular ? limit >>> 12 : limit);
  const attributes = BigInt((rights & 0x70ff) | (granular ? 0x8000 : 0));
  return (
    (raw & 0xffffn) |
    ((base & 0xffffffn) << 16n) |
    (attributes << 40n) |
    ((raw & 0xf0000n) << 32n) |
    ((base & 0xff000000n) << 32n)
  );
}

/** Bits 55:52 and 47:40 of a descriptor, moved into VMX access-rights format. */
export function accessRightsOf(low: bigint): number {
  return bitsOf(low, 55, 40) & 0xf0ff;
}

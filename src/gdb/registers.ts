import { CR0, CR4, EFER, WideEfer } from '../isa/registers/control';
import type { BitTable } from '../isa/bits';
import { RFLAGS } from '../isa/registers/flags';
import { Msr } from '../isa/registers/msr';
import { Seg, type SegName } from '../isa/registers/segment';
import { unitRegister } from '../isa/registers/units';
import { loadSegment } from '../debugger/registers/load-segment';
import { isLongMode, linearRip } from '../debugger/registers/registers';
import type { World } from '../debugger/target';

/**
 * The registers by GDB's names, in the order in which its standard features for x86 have them; what those do not have
 * stands in a feature of ours. The number of a register is its place among all.
 */

/** What GDB takes the machine for; by 64 bits, every mode can be shown. */
export type Width = 16 | 32 | 64;

export interface GdbRegister {
  readonly name: string;
  readonly bits: number;
  /** A type of GDB's own, or the name of one that the description defines. */
  readonly type: string;
  readonly group?: 'general' | 'float' | 'vector' | 'system';
  read(world: World): bigint;
  /** @throws RangeError or Fault for a value that the register does not take */
  write(world: World, value: bigint): void;
}

/** Registers that GDB knows by the name of their feature. */
export interface Feature {
  readonly name: string;
  readonly flags: readonly Flags[];
  readonly registers: readonly GdbRegister[];
}

/** A type whose bits have names. */
export interface Flags {
  readonly id: string;
  readonly bytes: number;
  readonly table: BitTable;
}

/** The features of a description. */
export function featuresOf(width: Width): readonly Feature[] {
  const { core, sse, segments, avx } = STANDARD;
  return [
    {
      name: `${STANDARD.prefix}.core`,
      flags: [flagsOf('eflags', 4, RFLAGS)],
      registers: core(width),
    },
    { name: `${STANDARD.prefix}.sse`, flags: [], registers: sse(width) },
    ...(width === 64
      ? [{ name: `${STANDARD.prefix}.segments`, flags: [], registers: segments }]
      : []),
    { name: `${STANDARD.prefix}.avx`, flags: [], registers: avx(width) },
    { name: 'org.ringside.system', flags: SYSTEM_FLAGS(width), registers: system(width) },
  ];
}

/** All registers of a description, by their numbers. */
export const registersOf = (width: Width): readonly GdbRegister[] =>
  featuresOf(width).flatMap(({ registers }) => registers);

const flagsOf = (name: string, bytes: number, table: BitTable): Flags => ({
  id: `ringside_${name}`,
  bytes,
  table,
});

/** GDB's numbers of the general-purpose registers, as their numbers in instructions. */
const GENERAL_64 = [0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15];
const GENERAL_32 = [0, 1, 2, 3, 4, 5, 6, 7];
const NAMES = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
/** RSP and RBP. */
const POINTERS = [4, 5];

function general(index: number, width: Width): GdbRegister {
  const name = NAMES[index];
  const bits = width === 64 ? 64 : 32;
  const mask = (1n << BigInt(bits)) - 1n;
  return {
    name: name === undefined ? `r${String(index)}` : `${width === 64 ? 'r' : 'e'}${name}`,
    bits,
    type: POINTERS.includes(index) ? 'data_ptr' : `int${String(bits)}`,
    group: 'general',
    read: ({ registers }) => registers.gpr(index),
    // Those of 32 bits are halves.
    write: ({ registers }, value) => {
      registers.setGpr(index, (registers.gpr(index) & ~mask) | value);
    },
  };
}

/** The linear address of the next instruction: what GDB compares with those of breakpoints and reads code at. */
const instructionPointer = (width: Width): GdbRegister => ({
  name: width === 64 ? 'rip' : 'eip',
  bits: width === 64 ? 64 : 32,
  type: 'code_ptr',
  group: 'general',
  read: ({ registers }) => linearRip(registers),
  write: ({ registers }, value) => {
    const base = linearRip(registers) - registers.rip;
    registers.rip = base === 0n ? value : BigInt.asUintN(32, value - base);
  },
});

const eflags: GdbRegister = {
  name: 'eflags',
  bits: 32,
  type: 'ringside_eflags',
  group: 'general',
  read: ({ registers }) => registers.rflags,
  write: ({ registers }, value) => {
    registers.rflags = value;
  },
};

const selector = (name: Lowercase<SegName>): GdbRegister => {
  const index = Seg[name.toUpperCase() as SegName];
  return {
    name,
    bits: 32,
    type: 'int32',
    group: 'general',
    read: ({ registers }) => BigInt(registers.segment(index).selector),
    write: ({ registers, memory }, value) => {
      if (value > 0xffffn) throw new RangeError('a selector has 16 bits');
      loadSegment(registers, memory, index, Number(value));
    },
  };
};

const base = (name: Lowercase<SegName>, width: Width): GdbRegister => {
  const index = Seg[name.toUpperCase() as SegName];
  return {
    name: `${name}_base`,
    bits: width === 64 ? 64 : 32,
    type: width === 64 ? 'int64' : 'int32',
    group: 'system',
    read: ({ registers }) => registers.segment(index).base,
    write: ({ registers }, value) => {
      registers.setSegment(index, { ...registers.segment(index), base: value });
    },
  };
};

/** A register of the x87 and vector units. GDB has the words of the x87 unit in 32 bits. */
function unit(name: string, gdbName: string, bits: number, type: string): GdbRegister {
  const register = unitRegister(name);
  if (!register) throw new RangeError(`no such register: ${name}`);
  return {
    name: gdbName,
    bits,
    type,
    group: type === 'i387_ext' || type === 'int' ? 'float' : 'vector',
    read: ({ registers }) => registers.units.read(register),
    write: ({ registers }, value) => {
      registers.units.write(register, value);
    },
  };
}

/** The upper half of a YMM register: the lower one is the XMM register. */
function upperHalf(index: number): GdbRegister {
  const register = unitRegister(`ymm${String(index)}`);
  if (!register) throw new RangeError(`no such register: ymm${String(index)}`);
  return {
    name: `ymm${String(index)}h`,
    bits: 128,
    type: 'uint128',
    read: ({ registers }) => registers.units.read(register) >> 128n,
    write: ({ registers: { units } }, value) => {
      units.write(register, (value << 128n) | BigInt.asUintN(128, units.read(register)));
    },
  };
}

const X87_WORDS = [
  ['fcw', 'fctrl'],
  ['fsw', 'fstat'],
  ['ftw', 'ftag'],
  ['fcs', 'fiseg'],
  ['fip', 'fioff'],
  ['fds', 'foseg'],
  ['fdp', 'fooff'],
  ['fop', 'fop'],
] as const;

const count = (length: number): number[] => Array.from({ length }, (_, n) => n);
const vectors = (width: Width): number[] => count(width === 64 ? 16 : 8);

/** Features that GDB knows. */
const STANDARD = {
  prefix: 'org.gnu.gdb.i386',
  core: (width: Width): GdbRegister[] => [
    ...(width === 64 ? GENERAL_64 : GENERAL_32).map((index) => general(index, width)),
    instructionPointer(width),
    eflags,
    ...(['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const).map(selector),
    ...count(8).map((n) => unit(`st${String(n)}`, `st${String(n)}`, 80, 'i387_ext')),
    ...X87_WORDS.map(([name, gdbName]) => unit(name, gdbName, 32, 'int')),
  ],
  sse: (width: Width): GdbRegister[] => [
    ...vectors(width).map((n) => unit(`xmm${String(n)}`, `xmm${String(n)}`, 128, 'vec128')),
    unit('mxcsr', 'mxcsr', 32, 'uint32'),
  ],
  segments: [base('fs', 64), base('gs', 64)],
  avx: (width: Width): GdbRegister[] => vectors(width).map(upperHalf),
};

const SYSTEM_FLAGS = (width: Width): Flags[] => [
  flagsOf('cr0', width === 64 ? 8 : 4, CR0),
  flagsOf('cr4', width === 64 ? 8 : 4, CR4),
  flagsOf('efer', 8, EFER),
];

function control(number: 0 | 2 | 3 | 4 | 8, width: Width): GdbRegister {
  const bits = width === 64 ? 64 : 32;
  const named = number === 0 || number === 4;
  return {
    name: `cr${String(number)}`,
    bits,
    type: named ? `ringside_cr${String(number)}` : `int${String(bits)}`,
    group: 'system',
    read: ({ registers }) => registers.controlRegister(number),
    write: ({ registers }, value) => {
      registers.setControlRegister(number, value);
    },
  };
}

/** Read-only for as long as it says whether IA-32e mode is active: LMA follows CR0.PG. */
const efer: GdbRegister = {
  name: 'efer',
  bits: 64,
  type: 'ringside_efer',
  group: 'system',
  read: ({ registers }) => registers.msr(Msr.EFER) ?? 0n,
  write: ({ registers }, value) => {
    const active = isLongMode(registers) ? WideEfer.LMA : 0n;
    registers.setMsr(Msr.EFER, (value & ~WideEfer.LMA) | active);
  },
};

const system = (width: Width): GdbRegister[] => [
  ...(['cs', 'ss', 'ds', 'es'] as const).map((name) => base(name, width)),
  ...(width === 64 ? [] : (['fs', 'gs'] as const).map((name) => base(name, width))),
  ...([0, 2, 3, 4, 8] as const).map((number) => control(number, width)),
  efer,
];

import * as l10n from '@vscode/l10n';
import { Reader } from './bytes';
import type { Piece } from './boot-image';
import { requireMemory, UnbootableImage } from './unbootable';

/** ELF executables for i386 and x86-64 (System V ABI, chapters 4 and 5). */

export interface ElfImage {
  readonly bits: 32 | 64;
  readonly entry: number;
  /** What is loaded, by `loadElf`. */
  readonly segments: readonly ElfSegment[];
  readonly symbols: readonly ElfSymbol[];
  /** Where its notes lie in the file. */
  readonly notes: readonly { readonly offset: number; readonly size: number }[];
}

/** A part of the file with zeros behind it, and the physical address where it belongs. */
export interface ElfSegment {
  readonly offset: number;
  /** Where it is linked to be. */
  readonly virtual: bigint;
  readonly physical: number;
  readonly inFile: number;
  readonly inMemory: number;
}

export interface ElfSymbol {
  readonly name: string;
  readonly address: bigint;
  /** It stands in a section of code. */
  readonly isCode: boolean;
}

const MACHINES: ReadonlyMap<number, 32 | 64> = new Map([
  [3, 32], // EM_386
  [62, 64], // EM_X86_64
]);
const ET_EXEC = 2;
const ET_DYN = 3;
const PT_LOAD = 1;
const PT_NOTE = 4;
const SHT_SYMTAB = 2;
const SHF_EXECINSTR = 4;
const LITTLE_ENDIAN = 1;
/** No segment may be larger: the computer has no more memory. */
const MOST_MEMORY = 0xc000_0000;

export const isElf = (bytes: Uint8Array): boolean => new Reader(bytes).hasText(0, '\x7fELF');

interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly virtual: bigint;
  readonly physical: number;
  readonly inFile: number;
  readonly inMemory: number;
}

/** Reads an ELF image. @throws UnbootableImage that says what is wrong with it */
export function readElf(bytes: Uint8Array): ElfImage {
  const file = new Reader(bytes);
  const wide = isWide(file);
  const machine = file.u16(18) ?? 0;
  const bits = MACHINES.get(machine);
  if (!bits) {
    throw new UnbootableImage(
      l10n.t('an ELF image for another machine (number {0}), not for x86', machine),
    );
  }
  const type = file.u16(16);
  if (type !== ET_EXEC && type !== ET_DYN) {
    throw new UnbootableImage(l10n.t('an ELF file that is not linked: only executables boot'));
  }
  const headers = programHeaders(file, wide);
  const loaded = headers.filter((header) => header.type === PT_LOAD && header.inMemory > 0);
  if (loaded.length === 0) {
    throw new UnbootableImage(l10n.t('an ELF image without a segment to load'));
  }
  const virtualEntry = wide ? (file.u64(24) ?? 0n) : BigInt(file.u32(24) ?? 0);
  return {
    bits: wide ? 64 : 32,
    entry: physicalOf(loaded, virtualEntry),
    segments: loaded.map((header) => checkedSegment(file, header)),
    symbols: symbolsOf(file, wide),
    notes: headers
      .filter(({ type: kind }) => kind === PT_NOTE)
      .map(({ offset, inFile }) => ({ offset, size: inFile })),
  };
}

function isWide(file: Reader): boolean {
  const kind = file.u8(4);
  if ((kind !== 1 && kind !== 2) || file.u8(5) !== LITTLE_ENDIAN || file.bytes.length < 52) {
    throw new UnbootableImage(l10n.t('an ELF image whose header is damaged'));
  }
  return kind === 2;
}

/** The entry point as a physical address: kernels are linked for where they will be mapped. */
function physicalOf(loaded: readonly ProgramHeader[], entry: bigint): number {
  const holder = loaded.find(
    ({ virtual, inMemory }) => entry >= virtual && entry < virtual + BigInt(inMemory),
  );
  return holder ? Number(entry - holder.virtual) + holder.physical : Number(entry);
}

function programHeaders(file: Reader, wide: boolean): ProgramHeader[] {
  const start = wide ? Number(file.u64(32) ?? 0n) : (file.u32(28) ?? 0);
  const size = file.u16(wide ? 54 : 42) ?? 0;
  const count = file.u16(wide ? 56 : 44) ?? 0;
  if (start + size * count > file.bytes.length || (count > 0 && size < (wide ? 56 : 32))) {
    throw new UnbootableImage(
      l10n.t('an ELF image that is cut off: its program headers are missing'),
    );
  }
  return Array.from({ length: count }, (_, n) => programHeader(file, start + n * size, wide));
}

function programHeader(file: Reader, at: number, wide: boolean): ProgramHeader {
  const number = (field: number): number =>
    wide ? Number(file.u64(at + field) ?? 0n) : (file.u32(at + field) ?? 0);
  const fields = wide ? [8, 24, 32, 40] : [4, 12, 16, 20];
  const [offset = 0, physical = 0, inFile = 0, inMemory = 0] = fields.map(number);
  const virtual = wide ? (file.u64(at + 16) ?? 0n) : BigInt(file.u32(at + 8) ?? 0);
  return { type: file.u32(at) ?? 0, offset, virtual, physical, inFile, inMemory };
}

/** The segments in memory. @throws UnbootableImage when there is not so much */
export function loadElf(bytes: Uint8Array, { segments }: ElfImage, memory: number): Piece[] {
  for (const { physical, inMemory } of segments) requireMemory(physical + inMemory, memory);
  return segments.map(({ offset, physical, inFile, inMemory }) => {
    const contents = new Uint8Array(inMemory);
    contents.set(bytes.subarray(offset, offset + inFile));
    return { address: physical, bytes: contents };
  });
}

/** A kernel by its segments, and where it is entered. @throws UnbootableImage */
export function loadElfKernel(bytes: Uint8Array, memory: number) {
  const elf = readElf(bytes);
  return { pieces: loadElf(bytes, elf, memory), entry: elf.entry };
}

function checkedSegment(file: Reader, header: ProgramHeader): ElfSegment {
  const { offset, virtual, physical, inFile, inMemory } = header;
  if (offset + inFile > file.bytes.length) {
    throw new UnbootableImage(
      l10n.t(
        'an ELF image that is cut off: a segment needs bytes up to {0}, the file has {1}',
        offset + inFile,
        file.bytes.length,
      ),
    );
  }
  if (inMemory < inFile || physical + inMemory > MOST_MEMORY) {
    const hex = `0x${physical.toString(16)}`;
    throw new UnbootableImage(
      l10n.t('an ELF segment of {0} bytes at {1}: no memory lies there', inMemory, hex),
    );
  }
  return { offset, virtual, physical, inFile, inMemory };
}

/** Functions, objects and labels of the symbol table; none where it is stripped or damaged. */
function symbolsOf(file: Reader, wide: boolean): ElfSymbol[] {
  const start = wide ? Number(file.u64(40) ?? 0n) : (file.u32(32) ?? 0);
  const size = file.u16(wide ? 58 : 46) ?? 0;
  const count = file.u16(wide ? 60 : 48) ?? 0;
  for (let n = 0; n < count; n++) {
    const section = sectionAt(file, start + n * size, wide);
    if (section.type !== SHT_SYMTAB) continue;
    const strings = sectionAt(file, start + section.link * size, wide);
    const isCode = (index: number): boolean =>
      index < count && (sectionAt(file, start + index * size, wide).flags & SHF_EXECINSTR) !== 0;
    return readSymbols(file, section, strings.offset, wide, isCode);
  }
  return [];
}

interface Section {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

function sectionAt(file: Reader, at: number, wide: boolean): Section {
  const number = (offset: number): number =>
    wide ? Number(file.u64(at + offset) ?? 0n) : (file.u32(at + offset) ?? 0);
  return {
    type: file.u32(at + 4) ?? 0,
    flags: file.u32(at + 8) ?? 0,
    offset: number(wide ? 24 : 16),
    size: number(wide ? 32 : 20),
    link: file.u32(at + (wide ? 40 : 24)) ?? 0,
  };
}

/** Symbols without a type, objects and functions. */
const MOST_TYPE = 2;
const SHN_ABS = 0xfff1;

function readSymbols(
  file: Reader,
  table: Section,
  strings: number,
  wide: boolean,
  isCode: (section: number) => boolean,
): ElfSymbol[] {
  const entry = wide ? 24 : 16;
  const last = Math.min(table.offset + table.size, file.bytes.length) - entry;
  const symbols: ElfSymbol[] = [];
  for (let at = table.offset; at <= last; at += entry) {
    const info = file.u8(at + (wide ? 4 : 12)) ?? 0;
    const section = file.u16(at + (wide ? 6 : 14)) ?? 0;
    if ((info & 0xf) > MOST_TYPE || section === 0 || section === SHN_ABS) continue;
    const address = wide ? (file.u64(at + 8) ?? 0n) : BigInt(file.u32(at + 4) ?? 0);
    const name = file.text(strings + (file.u32(at) ?? 0));
    if (name !== '') symbols.push({ name, address, isCode: isCode(section) });
  }
  return symbols;
}

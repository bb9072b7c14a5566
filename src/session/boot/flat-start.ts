import { SegmentRights } from '../../isa/access-rights';
import { WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { realModeStart, type StartState } from '../../processor/state/start-state';
import { CS, LDTR, TR } from '../../processor/state/layout';
import type { Piece } from './boot-image';
import { Writer } from './bytes';

/** The states in which boot loaders start kernels: flat segments, interrupts off. */

/** Below what kernels are loaded to: the GDT, and for 64 bits the page tables. */
const GDT = 0x8000;
const PAGE_TABLES = 0x8_0000;
const PAGE = 0x1000;
const GIGABYTES = 4;
const ENTRIES = 512;
const PRESENT_WRITABLE = 3n;
const LARGE = 0x80n;

export interface LoaderStart {
  readonly entry: number;
  /** Initial values of general registers, by number. */
  readonly registers: Readonly<Record<number, number>>;
  /** Selectors of the flat code and data segments. */
  readonly code: number;
  readonly data: number;
}

export interface Prepared {
  readonly start: StartState;
  readonly pieces: readonly Piece[];
}

const FLAT = {
  code32: 0x00cf_9b00_0000_ffffn,
  code64: 0x00af_9b00_0000_ffffn,
  data: 0x00cf_9300_0000_ffffn,
} as const;

function gdtOf(code: number, descriptor: bigint, data: number): Piece {
  const entries = new Array<bigint>(Math.max(code, data) / 8 + 1).fill(0n);
  entries[code / 8] = descriptor;
  entries[data / 8] = FLAT.data;
  return { address: GDT, bytes: new Writer().u64(...entries).bytes };
}

function startOf(loader: LoaderStart, codeRights: number, gdt: Piece): StartState {
  const real = realModeStart(0);
  const flat = { base: 0n, limit: 0xffff_ffff };
  const segments = real.segments.map((segment, index) => {
    if (index === LDTR || index === TR) return segment;
    if (index === CS) return { selector: loader.code, accessRights: codeRights, ...flat };
    return { selector: loader.data, accessRights: SegmentRights.FLAT_DATA, ...flat };
  });
  const gprs = real.gprs.map((_, index) => BigInt(loader.registers[index] ?? 0));
  return {
    ...real,
    gprs,
    segments,
    rip: BigInt(loader.entry),
    cr0: WideCr0.PE | WideCr0.ET,
    gdtr: { base: BigInt(GDT), limit: gdt.bytes.length - 1 },
    idtr: { base: 0n, limit: 0 },
  };
}

/** 32-bit protected mode, paging off. */
export function protectedModeStart(loader: LoaderStart): Prepared {
  const gdt = gdtOf(loader.code, FLAT.code32, loader.data);
  return { start: startOf(loader, SegmentRights.FLAT_CODE_32, gdt), pieces: [gdt] };
}

/** 64-bit mode, the first 4 GBytes mapped to themselves. */
export function longModeStart(loader: LoaderStart): Prepared {
  const gdt = gdtOf(loader.code, FLAT.code64, loader.data);
  const protectedMode = startOf(loader, SegmentRights.FLAT_CODE_64, gdt);
  const start = {
    ...protectedMode,
    cr0: WideCr0.PE | WideCr0.ET | WideCr0.PG,
    cr3: BigInt(PAGE_TABLES),
    cr4: WideCr4.PAE,
    efer: WideEfer.LME | WideEfer.LMA,
  };
  return { start, pieces: [gdt, { address: PAGE_TABLES, bytes: identityMap() }] };
}

/** A PML4, a PDPT and page directories of 2-MByte pages. */
function identityMap(): Uint8Array {
  const words = new BigUint64Array(((2 + GIGABYTES) * PAGE) / 8);
  words[0] = BigInt(PAGE_TABLES + PAGE) | PRESENT_WRITABLE;
  for (let n = 0; n < GIGABYTES; n++) {
    words[ENTRIES + n] = BigInt(PAGE_TABLES + (2 + n) * PAGE) | PRESENT_WRITABLE;
  }
  for (let n = 0; n < GIGABYTES * ENTRIES; n++) {
    words[2 * ENTRIES + n] = (BigInt(n) << 21n) | LARGE | PRESENT_WRITABLE;
  }
  return new Uint8Array(words.buffer);
}

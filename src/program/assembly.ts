import type { Diagnostic, Location } from './diagnostics';
import type { Lines } from './line-table';
import type { SymbolTable } from './symbol-table';

/** What the assembler makes of a program. */
export interface Assembly {
  /** The flat image; empty when there is any error. */
  readonly image: Uint8Array;
  /** The address of the image's first byte: `org`, or 0. */
  readonly origin: bigint;
  /** Whether the source says `org`. */
  readonly hasOrigin: boolean;
  /** The mode of the first instruction: 16 unless the source says otherwise before it. */
  readonly bits: 16 | 32 | 64;
  readonly lines: Lines;
  readonly symbols: SymbolTable;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read, the entry first. */
  readonly files: readonly string[];
}

/** What a stretch of the image came from. */
export interface LineEntry {
  readonly kind: 'code' | 'data' | 'reserve';
  readonly bits: 16 | 32 | 64;
  /** Where it lies in memory when the image is loaded at its origin. */
  readonly load: bigint;
  /** Where the program believes it lies (`vstart`); the same as `load` unless a section says otherwise. */
  readonly address: bigint;
  readonly length: number;
  readonly section: string;
  /** The line in the source, then the lines in the bodies of the macros that it came from. */
  readonly chain: readonly Location[];
  /**
   * Of debug information: an instruction of an assembly; or the beginning of a statement, or more of one, each of which
   * may be several instructions. For which mode the code is, it does not tell: `bits` are those of the file then.
   */
  readonly compiled?: 'instruction' | 'statement' | 'more' | undefined;
}

export interface SymbolInfo {
  /** Local labels with their parent: `main.loop`. */
  readonly name: string;
  readonly kind: 'label' | 'equ';
  /** A label's virtual address, an equ's value; 64 bits, two's complement for negative numbers. */
  readonly value: bigint;
  /** The section of a label; undefined for plain numbers. */
  readonly section: string | undefined;
  readonly location: Location;
}

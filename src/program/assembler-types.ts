import type { LineEntry } from './assembly';
import type { Span } from './diagnostics';
import type { FileCache } from './file-cache';
import type { Recorder } from './recorder';
import type { Section } from './sections';
import type { TokenLine } from './tokens';

/** What the assembler is told beside the source. */
export interface AssemblerInput {
  readonly entry: string;
  readonly cache: FileCache;
  readonly includeFolders: readonly string[];
  /** Lines such as `%define NAME VALUE` that come before the source. */
  readonly prologue: readonly TokenLine[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: Date;
  /** Takes down where names are defined and used. */
  readonly recorder?: Recorder | undefined;
}

/** A line of the line table before the sections have their places. */
export interface Run {
  readonly kind: LineEntry['kind'];
  readonly bits: 16 | 32 | 64;
  readonly section: Section;
  readonly offset: number;
  length: number;
  readonly chain: readonly Span[];
}

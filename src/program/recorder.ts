import type { Span } from './diagnostics';
import type { MultiLineMacro } from './preprocessor/multi-line-macros';
import type { SingleLineMacro } from './preprocessor/single-line-macros';
import { writtenAt } from './tokens';

/**
 * What a name stands for: `symbol` is a label, an equ or a field of a structure; `define` a single-line macro, `macro` a
 * multi-line one; a `file` is included, a `binary` too.
 */
export type NameKind = 'symbol' | 'define' | 'macro' | 'section' | 'file' | 'binary';

/** What a definition defines. */
export type Defined =
  | { readonly as: 'label' | 'equ' | 'structure' | 'section' }
  | { readonly as: 'define'; readonly macro: SingleLineMacro }
  | { readonly as: 'macro'; readonly macro: MultiLineMacro };

/** One appearance of a name in the source. */
export interface NameRecord {
  readonly kind: NameKind;
  /** In full: a local label with its parent, a file with its path. */
  readonly name: string;
  /** Where it is written. Names that macros put together have a place, too, which then holds another text. */
  readonly span: Span;
  /** Undefined for a mere use. */
  readonly defined: Defined | undefined;
  /** Of a use: where the definition stands that was chosen among several of the name, if the assembler chose one. */
  readonly chosen: Span | undefined;
}

/**
 * Takes down, while a program is assembled, which names it defines and uses, and where: what the editor needs to go from
 * one to the other. The records stand in the order of assembly, so that a use means the definition recorded last.
 */
export class Recorder {
  records: NameRecord[] = [];
  /** The lines that were assembled, by file: those within a false `%if` or a macro that is not called are missing. */
  readonly lines = new Map<string, Set<number>>();
  /** The last name recorded for a token: what a macro gives a hundred times is one use. */
  private readonly seen = new Map<Span, string>();

  /** The source is read from its beginning. */
  begin(): void {
    this.records = [];
    this.lines.clear();
    this.seen.clear();
  }

  line({ file, line }: Span): void {
    let lines = this.lines.get(file);
    if (!lines) this.lines.set(file, (lines = new Set()));
    lines.add(line);
  }

  use(kind: NameKind, name: string, span: Span, chosen?: Span): void {
    this.add(kind, name, span, undefined, chosen && writtenAt(chosen));
  }

  define(kind: NameKind, name: string, span: Span, defined: Defined): void {
    this.add(kind, name, span, defined, undefined);
  }

  /** What looked like a definition was none. */
  forget(span: Span): void {
    const place = writtenAt(span);
    this.records = this.records.filter((record) => !record.defined || record.span !== place);
  }

  private add(
    kind: NameKind,
    name: string,
    span: Span,
    defined: Defined | undefined,
    chosen: Span | undefined,
  ): void {
    const place = writtenAt(span);
    const key = `${kind} ${name}`;
    if (!defined && this.seen.get(place) === key) return;
    this.seen.set(place, key);
    this.records.push({ kind, name, span: place, defined, chosen });
  }
}

import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { SourceError, type Span } from './diagnostics';
import type { Scope } from './evaluate';
import type { Recorder } from './recorder';
import { closest } from './suggest';
import { SymbolScope } from './symbols';
import type { Label } from './statement';
import { explainUndefined } from './undefined-symbol';
import { noSuchInstruction } from './unknown-word';
import { relative, scalar, UNKNOWN, type Value } from './value';
import { registerNames } from './x86/registers';

/** What the names in expressions stand for, and the definition of new ones. */
export class Names implements Scope {
  readonly symbols = new SymbolScope();
  /** Declared with `extern`. */
  readonly externals = new Set<string>();
  /** While the preprocessor evaluates: whether it looked at a label, so that every pass must expand macros anew. */
  preprocessing = false;
  labelsUsedEarly = false;
  /** Whether a value of this pass came from a symbol not defined yet. */
  unknownUsed = false;
  /** Set while the source is read. */
  recorder: Recorder | undefined;
  private suggestions: string[] | undefined;
  /** The names that the first pass looked up. */
  private readonly wanted = new Set<string>();

  constructor(private readonly assembler: Assembler) {}

  beginPass(): void {
    this.symbols.beginPass();
    this.unknownUsed = false;
    this.suggestions = undefined;
  }

  /** Whether the pass came to the same values as the one before. */
  get settled(): boolean {
    return !this.symbols.changed && !this.unknownUsed;
  }

  symbol(name: string, span: Span): Value {
    if (this.assembler.pass === 1) this.wanted.add(name);
    if (this.preprocessing) this.labelsUsedEarly = true;
    this.recorder?.use('symbol', this.symbols.fullName(name), span);
    const entry = this.symbols.get(name);
    if (entry) {
      // A symbol that only an earlier pass defined is kept until the end of this one.
      if (entry.value.unknown) this.unknownUsed = true;
      return entry.value;
    }
    const mark = this.assembler.output.sections.mark(name);
    if (mark) return relative(mark, 0n);
    if (this.assembler.pass === 1 && !this.preprocessing) {
      this.unknownUsed = true;
      return UNKNOWN;
    }
    const why = {
      names: () => this.allNames(),
      symbols: this.symbols,
      preprocessing: this.preprocessing,
    };
    const late = this.assembler.source.late.explain(name, span);
    throw new SourceError(late ?? explainUndefined(name, this.externals.has(name), why), span);
  }

  /** Whether a label is one: a lone word without a colon that nothing uses may be an instruction with a slip in it. */
  isLabel({ name, orphan, span }: Label): boolean {
    if (orphan === undefined) return true;
    const { pass } = this.assembler;
    if (pass === 1) {
      // Whether it is used is known at the end of this pass.
      this.unknownUsed = true;
      return true;
    }
    const local = name.startsWith('.') ? `${this.symbols.parent}${name}` : name;
    if (this.wanted.has(name) || this.wanted.has(local)) {
      this.assembler.warn(l10n.t('the label `{0}` has no colon', name), span);
      return true;
    }
    const wrong = orphan.misspelled ?? this.misspelledMacro(name, span);
    if (wrong === undefined) {
      this.assembler.warn(
        l10n.t(
          '`{0}` is no instruction and no macro, so it is a label, which nothing uses; a label is written `{0}:`',
          name,
        ),
        span,
      );
      return true;
    }
    this.assembler.error(wrong, span);
    this.assembler.source.recorder?.forget(span);
    return false;
  }

  private misspelledMacro(name: string, span: Span): string | undefined {
    const late = this.assembler.source.late.explain(name, span);
    if (late !== undefined) return late;
    const better = closest(name, this.assembler.source.multiLineMacroNames());
    return better === undefined ? undefined : noSuchInstruction(name, better);
  }

  /** Everything a symbol could have been meant to be. */
  private allNames(): readonly string[] {
    this.suggestions ??= [
      ...this.symbols.entries.keys(),
      ...this.assembler.source.macroNames(),
      ...registerNames(),
    ];
    return this.suggestions;
  }

  here(): Value {
    const { output } = this.assembler;
    if (!this.preprocessing) return output.statementStart;
    this.labelsUsedEarly = true;
    return output.position;
  }

  start(): Value {
    const { section } = this.assembler.output;
    return section ? relative(section, 0n) : scalar(0n);
  }

  warn(message: string, span: Span): void {
    this.assembler.warn(message, span);
  }

  define(
    name: string,
    kind: 'label' | 'equ',
    value: Value,
    span: Span,
    chain: readonly Span[],
  ): void {
    const { symbols, assembler } = this;
    if (name.startsWith('.') && !name.startsWith('..') && symbols.parent === '') {
      assembler.warn(
        l10n.t('the local label `{0}` has no label before it to belong to', name),
        span,
      );
    }
    const fresh = symbols.define(name, kind, value, span, chain);
    this.recorder?.define('symbol', symbols.fullName(name), span, { as: kind });
    if (fresh) return;
    const place = symbols.get(name)?.chain[0];
    assembler.error(
      place
        ? l10n.t('`{0}` is already defined, in line {1}', name, String(place.line))
        : l10n.t('`{0}` is already defined', name),
      span,
    );
  }
}

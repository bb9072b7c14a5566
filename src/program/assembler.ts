import * as l10n from '@vscode/l10n';
import type { AssemblerInput, Run } from './assembler-types';
import type { LineEntry } from './assembly';
import { storeItem, type DataSink } from './data';
import {
  DiagnosticList,
  FatalError,
  SourceError,
  type Diagnostic,
  type Severity,
  type Span,
} from './diagnostics';
import { runDirective } from './directives';
import { diagnose } from './diagnose';
import { evaluate, type Scope } from './evaluate';
import { some, type Expression } from './expression';
import { candidatePaths } from './files';
import { InstructionWriter } from './instruction-writer';
import { align, includeBinary, repeat } from './storage';
import { parseStatement } from './parser';
import { Preprocessor, type PreprocessorHost } from './preprocessor/preprocessor';
import { MAX_IMAGE, SectionList, type Section } from './sections';
import type { SmartAlign } from './smart-align';
import type { Body, Statement } from './statement';
import { Structures } from './structures';
import { explainUndefined } from './undefined-symbol';
import { SymbolScope } from './symbols';
import type { TokenLine } from './tokens';
import { add, isScalar, relative, scalar, UNKNOWN, type Value } from './value';
import { registerNames } from './x86/registers';

/** How many passes a program may need before it counts as never settling. */
const MAX_PASSES = 60;
/** From this pass on, instructions only grow, so that sizes cannot swing for ever. */
const GROW_ONLY = 30;

/**
 * Assembles one program: passes over its statements until no symbol moves (as NASM's -Ox does), then one more that
 * writes the bytes.
 */
export class Assembler implements Scope, DataSink, PreprocessorHost {
  readonly sections = new SectionList();
  readonly symbols = new SymbolScope();
  readonly diagnostics = new DiagnosticList();
  readonly structures = new Structures(this);
  readonly writer = new InstructionWriter(this);
  runs: Run[] = [];
  bits: 16 | 32 | 64 = 16;
  /** The mode of the first instruction or datum. */
  firstBits: 16 | 32 | 64 | undefined;
  defaultRelative = false;
  smartAlign: SmartAlign | undefined;
  origin: bigint | undefined;
  externals = new Set<string>();
  /** Undefined within `absolute` and `struc`, where nothing is stored. */
  section: Section | undefined;
  absolute: Value = scalar(0n);
  lastSection: Section;
  /** In the last pass bytes are written and messages about values are final. */
  final = false;
  pass = 0;
  /** Whether a preprocessor condition looked at a label, so that every pass must expand macros anew. */
  private conditionsUseLabels = false;
  private preprocessing = false;
  private statements: Statement[] | undefined;
  private preprocessor: Preprocessor | undefined;
  private current: Statement | undefined;
  /** The address of the statement being assembled: `$`. */
  private statementStart: Value = scalar(0n);
  /** Within `align`, whose filling is not code to stop at. */
  padding = false;
  private unknownUsed = false;
  private names: string[] | undefined;

  constructor(readonly input: AssemblerInput) {
    this.lastSection = this.sections.get('.text');
    this.section = this.lastSection;
  }

  get scope(): Scope {
    return this;
  }

  get sectionName(): string {
    return this.lastSection.name;
  }

  get growOnly(): boolean {
    return this.pass >= GROW_ONLY;
  }

  /** Runs all passes. Throws NeedFile when a file must be read first, FatalError when going on makes no sense. */
  run(): void {
    for (;;) {
      this.runPass();
      const settled = !this.symbols.changed && !this.unknownUsed;
      if (settled || this.pass >= MAX_PASSES) break;
    }
    if (this.symbols.changed && !this.diagnostics.hasErrors) {
      throw new FatalError(
        l10n.t(
          'the value of `{0}` depends on itself: it still changes after {1} passes',
          this.symbols.lastChanged?.name ?? '',
          String(MAX_PASSES),
        ),
        this.symbols.lastChanged?.span,
      );
    }
    this.sections.layout(this.origin ?? 0n);
    this.final = true;
    this.runPass();
  }

  private runPass(): void {
    this.pass++;
    this.symbols.beginPass();
    this.sections.reset();
    this.structures.reset();
    this.runs = [];
    this.bits = 16;
    this.firstBits = undefined;
    this.defaultRelative = false;
    this.smartAlign = undefined;
    this.origin = undefined;
    this.lastSection = this.sections.get('.text');
    this.section = this.lastSection;
    this.unknownUsed = false;
    this.names = undefined;
    if (this.statements) {
      this.forgetValues();
      for (const statement of this.statements) this.execute(statement);
    } else {
      this.diagnostics.clear();
      this.expandAndExecute();
    }
    this.structures.finish();
    this.symbols.endPass();
  }

  /** Messages about values belong to one pass; those of preprocessor and parser stay. */
  private readonly lasting: DiagnosticList = new DiagnosticList();

  lastingMessages(): readonly Diagnostic[] {
    return this.lasting.items;
  }

  private forgetValues(): void {
    this.diagnostics.clear();
    for (const item of this.lasting.items) this.diagnostics.add(item);
  }

  private expandAndExecute(): void {
    const { entry, cache, prologue } = this.input;
    this.lasting.clear();
    const source = cache.lines(entry);
    this.preprocessor = new Preprocessor(this, entry, [...prologue, ...source]);
    const statements: Statement[] = [];
    for (;;) {
      this.preprocessing = true;
      const line = this.preprocessor.next();
      this.preprocessing = false;
      if (!line) break;
      try {
        const statement = parseStatement(line.tokens, line.chain);
        statements.push(statement);
        this.execute(statement);
      } catch (error) {
        if (!(error instanceof SourceError) || error instanceof FatalError) throw error;
        this.reportLasting('error', error.message, error.span ?? line.tokens[0], line.chain);
      }
    }
    if (!this.conditionsUseLabels) this.statements = statements;
  }

  private reportLasting(
    severity: Severity,
    message: string,
    span: Span | undefined,
    chain: readonly Span[],
  ): void {
    const diagnostic = diagnose(severity, message, span, chain);
    this.lasting.add(diagnostic);
    this.diagnostics.add(diagnostic);
  }

  // --- PreprocessorHost -------------------------------------------------------------------------------------------

  open(name: string, from: string): { path: string; lines: readonly TokenLine[] } | undefined {
    const found = this.file(name, from);
    if (!found) return undefined;
    return { path: found.path, lines: this.input.cache.lines(found.path) };
  }

  /** A file named in the source, looked for beside `from` and in the include folders. */
  file(
    name: string,
    from: string,
  ): { readonly path: string; readonly bytes: Uint8Array } | undefined {
    const { entry, cache, includeFolders } = this.input;
    return cache.find(candidatePaths(name, from, entry, includeFolders));
  }

  report(severity: Severity, message: string, span: Span, chain: readonly Span[]): void {
    this.reportLasting(severity, message, span, chain);
  }

  // --- Scope ------------------------------------------------------------------------------------------------------

  symbol(name: string, span: Span): Value {
    if (this.preprocessing) this.conditionsUseLabels = true;
    const entry = this.symbols.get(name);
    if (entry) {
      // A symbol that only an earlier pass defined is kept until the end of this one.
      if (entry.value.unknown) this.unknownUsed = true;
      return entry.value;
    }
    const mark = this.sections.mark(name);
    if (mark) return relative(mark, 0n);
    if (this.pass === 1 && !this.preprocessing) {
      this.unknownUsed = true;
      return UNKNOWN;
    }
    const why = {
      names: () => this.symbolNames(),
      symbols: this.symbols,
      preprocessing: this.preprocessing,
    };
    throw new SourceError(explainUndefined(name, this.externals.has(name), why), span);
  }

  /** Everything a symbol could have been meant to be. */
  private symbolNames(): readonly string[] {
    this.names ??= [
      ...this.symbols.entries.keys(),
      ...(this.preprocessor?.macros.names() ?? []),
      ...registerNames(),
    ];
    return this.names;
  }

  here(): Value {
    if (this.preprocessing) {
      this.conditionsUseLabels = true;
      return this.position;
    }
    return this.statementStart;
  }

  start(): Value {
    return this.section ? relative(this.section, 0n) : scalar(0n);
  }

  // --- positions and bytes ----------------------------------------------------------------------------------------

  /** The current address, relative to its section. */
  get position(): Value {
    return this.section ? relative(this.section, BigInt(this.section.size)) : this.absolute;
  }

  room(count: number, kind: LineEntry['kind']): Uint8Array | undefined {
    const { section } = this;
    if (!section) {
      if (kind !== 'reserve')
        throw new SourceError(
          l10n.t('nothing can be stored here: in `absolute` and `struc`, use resb and its family'),
        );
      this.absolute = add(this.absolute, scalar(BigInt(count)));
      return undefined;
    }
    if (section.nobits && kind !== 'reserve') {
      if (this.final)
        this.warn(
          l10n.t('section `{0}` stores nothing: this is left out of the image', section.name),
          this.current?.span,
        );
    }
    const offset = section.size;
    if (count > 0) this.note(kind, section, offset, count);
    if (!this.final) {
      section.skip(count);
      return undefined;
    }
    return section.reserve(count);
  }

  private note(kind: LineEntry['kind'], section: Section, offset: number, length: number): void {
    this.firstBits ??= kind === 'reserve' ? undefined : this.bits;
    if (!this.final) return;
    const chain = this.current?.chain ?? [];
    const last = this.runs[this.runs.length - 1];
    const joins =
      last?.chain === chain && last.kind === kind && last.section === section && kind !== 'code';
    if (joins && last.offset + last.length === offset) {
      this.runs[this.runs.length - 1] = { ...last, length: last.length + length };
    } else {
      this.runs.push({
        kind: this.padding ? 'data' : kind,
        bits: this.bits,
        section,
        offset,
        length,
        chain,
      });
    }
  }

  warn(message: string, span: Span | undefined): void {
    if (this.final)
      this.diagnostics.add(diagnose('warning', message, span, this.current?.chain ?? []));
  }

  error(message: string, span: Span | undefined, chain = this.current?.chain ?? []): void {
    this.diagnostics.add(diagnose('error', message, span, chain));
  }

  checkCount(count: bigint, size: number, span: Span | undefined): number {
    if (count < 0n) {
      throw new SourceError(l10n.t('the count is negative: {0}', String(count)), span);
    }
    if (count * BigInt(size) > BigInt(MAX_IMAGE) && !(this.section?.nobits ?? true)) {
      throw new FatalError(
        l10n.t(
          '{0} bytes are more than an image may have ({1} MB)',
          String(count * BigInt(size)),
          String(MAX_IMAGE / 1024 / 1024),
        ),
        span,
      );
    }
    return Number(count);
  }

  /** An expression that must be a plain number, such as a count. */
  number(expression: Expression, what: string): bigint {
    const value = evaluate(expression, this);
    if (!isScalar(value)) {
      throw new SourceError(
        l10n.t('{0} must be a plain number, and this depends on where a section lies', what),
        expression.span,
      );
    }
    return value.n;
  }

  // --- statements -------------------------------------------------------------------------------------------------

  private execute(statement: Statement): void {
    this.current = statement;
    this.statementStart = this.position;
    try {
      this.label(statement);
      const count = this.times(statement);
      if (count === 0) return;
      this.body(statement, statement.body, count);
    } catch (error) {
      if (!(error instanceof SourceError) || error instanceof FatalError) {
        if (error instanceof FatalError && !error.span)
          throw new FatalError(error.message, statement.chain[0]);
        throw error;
      }
      this.error(error.message, error.span ?? statement.span);
    }
  }

  /** Assembles what stands on the same line as a directive, after `at field,`. */
  runInner(statement: Statement): void {
    this.body(statement, statement.body, this.times(statement));
  }

  private times(statement: Statement): number {
    let count = 1;
    for (const expression of statement.times) {
      const n = this.number(expression, '`times`');
      if (n < 0n) {
        // Before the last pass the count may be negative only because labels have not settled.
        if (!this.final) return 0;
        const detail = l10n.t('the count of `times` is negative: {0}', String(n));
        const over = l10n.t('{0} (what stands before is {1} byte(s) too long)', detail, String(-n));
        throw new SourceError(usesHere(expression) ? over : detail, expression.span);
      }
      count *= this.checkCount(n, 1, expression.span);
    }
    return count;
  }

  private label(statement: Statement): void {
    const { label, body, chain } = statement;
    if (!label || body.kind === 'equ') return;
    this.define(label.name, 'label', this.position, label.span, chain);
  }

  define(
    name: string,
    kind: 'label' | 'equ',
    value: Value,
    span: Span,
    chain: readonly Span[],
  ): void {
    if (name.startsWith('.') && !name.startsWith('..') && this.symbols.parent === '') {
      this.error(l10n.t('the local label `{0}` has no label before it to belong to', name), span);
      return;
    }
    if (this.symbols.define(name, kind, value, span, chain)) return;
    const first = this.symbols.get(name);
    const place = first?.chain[0];
    this.error(
      place
        ? l10n.t('`{0}` is already defined, in line {1}', name, String(place.line))
        : l10n.t('`{0}` is already defined', name),
      span,
    );
  }

  repeat(count: number, once: () => void): void {
    repeat(this, count, 'data', once);
  }

  body(statement: Statement, body: Body, count: number): void {
    switch (body.kind) {
      case 'empty':
        return;
      case 'instruction':
        this.writer.write(body, statement, count);
        return;
      case 'data':
        this.repeat(count, () => {
          for (const item of body.items) storeItem(item, body.size, this);
        });
        return;
      case 'reserve': {
        const n = this.number(body.count, '`resb`');
        const bytes = this.checkCount(n * BigInt(count), body.size, body.count.span) * body.size;
        this.room(bytes, 'reserve')?.fill(0);
        return;
      }
      case 'equ': {
        if (!statement.label) throw new SourceError(l10n.t('`equ` needs a name before it'));
        const value = evaluate(body.value, this);
        this.define(statement.label.name, 'equ', value, statement.label.span, statement.chain);
        return;
      }
      case 'incbin':
        includeBinary(this, body, statement, count);
        return;
      case 'align':
        align(this, body, statement);
        return;
      case 'directive':
        runDirective(this, body.name, body.arguments, statement);
    }
  }
}

const usesHere = (expression: Expression): boolean => some(expression, (e) => e.kind === 'here');

import * as l10n from '@vscode/l10n';
import type { AssemblerInput } from './assembler-types';
import type { DataSink } from './data';
import { FatalError, SourceError, type Span } from './diagnostics';
import { evaluate, type Scope } from './evaluate';
import { execute } from './execute';
import type { Expression } from './expression';
import { InstructionWriter } from './instruction-writer';
import { Messages } from './messages';
import { Names } from './names';
import { Output } from './output';
import type { SmartAlign } from './smart-align';
import { SourceReader } from './source-reader';
import type { Statement } from './statement';
import { repeat } from './storage';
import { Structures } from './structures';
import { isScalar } from './value';
import { ANY_CPU, ANY_VECTORS } from './x86/cpu-levels';

/** How many passes may bring no symbol a value, as a chain of `equ` does, before a program counts as never settling. */
const MAX_STALLED = 200;
/** From so many on, instructions only grow, so that sizes cannot swing for ever. */
const GROW_ONLY = 30;
/** A longer chain than this takes too long. */
const MAX_PASSES = 5000;
/** Statements between two pauses of `steps`. */
const STEP = 200;

/**
 * Assembles one program: passes over its statements until no symbol moves (as NASM's -Ox does), then one more that
 * writes the bytes. Owns the parts that do the work, and the settings that directives change.
 */
export class Assembler implements DataSink {
  readonly messages = new Messages();
  readonly output = new Output(this);
  readonly names = new Names(this);
  readonly structures = new Structures(this);
  readonly writer = new InstructionWriter(this);
  readonly source: SourceReader;
  bits: 16 | 32 | 64 = 16;
  defaultRelative = false;
  /** `default bnd`: near jumps, calls and returns get a BND prefix. */
  defaultBounds = false;
  /** The generation of processors that the program is for. */
  cpu = ANY_CPU;
  vectors = ANY_VECTORS;
  /** Whether `align` also raises the alignment of its section. */
  alignsSection = true;
  smartAlign: SmartAlign | undefined;
  origin: bigint | undefined;
  /** Where the image begins: `org`, or else where the first section says. */
  imageOrigin = 0n;
  /** In the last pass bytes are written and messages about values are final. */
  final = false;
  pass = 0;
  /** Passes in which no symbol has got a value that had none before. */
  private stalled = 0;
  /** What the first pass parsed, unless macros depend on labels. */
  private statements: readonly Statement[] | undefined;

  constructor(input: AssemblerInput) {
    this.source = new SourceReader(this, input);
  }

  get scope(): Scope {
    return this.names;
  }

  get growOnly(): boolean {
    return this.stalled >= GROW_ONLY;
  }

  /** Runs all passes. Throws NeedFile when a file must be read first, FatalError when going on makes no sense. */
  run(): void {
    const steps = this.steps();
    while (!steps.next().done);
  }

  /** As `run`, with a pause after every so many statements in which the caller may do something else, or give up. */
  *steps(): Generator<undefined, void> {
    do yield* this.runPass();
    while (!this.names.settled && this.stalled < MAX_STALLED && this.pass < MAX_PASSES);
    const { changed, lastChanged } = this.names.symbols;
    if (changed && !this.messages.list.hasErrors) {
      throw new FatalError(
        l10n.t(
          'the value of `{0}` depends on itself: it still changes after {1} passes',
          lastChanged?.name ?? '',
          String(this.pass),
        ),
        lastChanged?.span,
      );
    }
    this.imageOrigin = this.output.sections.layout(this.origin);
    this.final = true;
    yield* this.runPass();
  }

  private *runPass(): Generator<undefined, void> {
    this.pass++;
    const unknownBefore = this.names.symbols.unknown;
    this.names.beginPass();
    this.output.beginPass();
    this.structures.reset();
    this.bits = 16;
    this.defaultRelative = false;
    this.defaultBounds = false;
    this.cpu = ANY_CPU;
    this.vectors = ANY_VECTORS;
    this.alignsSection = true;
    this.smartAlign = undefined;
    this.origin = undefined;
    this.messages.beginPass(this.statements === undefined);
    yield* this.executeAll(this.statements ?? this.readStatements());
    this.structures.finish();
    const { symbols } = this.names;
    symbols.endPass();
    this.stalled = symbols.unknown < unknownBefore ? 0 : this.stalled + 1;
  }

  private *executeAll(statements: Iterable<Statement>): Generator<undefined, void> {
    let done = 0;
    for (const statement of statements) {
      execute(this, statement);
      if (++done % STEP === 0) yield;
    }
  }

  private *readStatements(): Generator<Statement, void> {
    const statements: Statement[] = [];
    for (const statement of this.source.statements()) {
      statements.push(statement);
      yield statement;
    }
    if (!this.names.labelsUsedEarly) this.statements = statements;
  }

  /** A warning about values, which are right only in the last pass. */
  warn(message: string, span: Span | undefined): void {
    if (this.final) this.messages.warn(message, span);
  }

  error(message: string, span: Span | undefined, chain?: readonly Span[]): void {
    this.messages.error(message, span, chain);
  }

  /** An expression that must be a plain number, such as a count. */
  number(expression: Expression, what: string): bigint {
    const value = evaluate(expression, this.names);
    if (!isScalar(value)) {
      throw new SourceError(
        l10n.t('{0} must be a plain number, and this depends on where a section lies', what),
        expression.span,
      );
    }
    return value.n;
  }

  // --- DataSink ---------------------------------------------------------------------------------------------------

  room(count: number, kind: 'code' | 'data' | 'reserve'): Uint8Array | undefined {
    return this.output.room(count, kind);
  }

  repeat(count: number, once: () => void): void {
    repeat(this, count, 'data', once);
  }

  checkCount(count: bigint, size: number, span: Span | undefined): number {
    return this.output.checkCount(count, size, span);
  }
}

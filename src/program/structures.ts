import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { Cursor } from './cursor';
import { SourceError, type Span } from './diagnostics';
import { evaluate } from './evaluate';
import { executeUnlabelled } from './execute';
import { parseExpression } from './expression-parser';
import { parseStatement } from './parser';
import type { Section } from './sections';
import type { Statement } from './statement';
import { isOp, type Token } from './tokens';
import { add, isScalar, scalar, type Value } from './value';

interface Open {
  readonly name: string;
  readonly span: Span;
  readonly section: Section | undefined;
  readonly absolute: Value;
  readonly chain: readonly Span[];
  /** Where an instance began. */
  readonly start: Value;
}

/** `struc`/`endstruc` and `istruc`/`at`/`iend` (NASM manual 4.11.10 to 4.11.11). */
export class Structures {
  private definition: Open | undefined;
  private instance: Open | undefined;

  constructor(private readonly assembler: Assembler) {}

  reset(): void {
    this.definition = this.instance = undefined;
  }

  /** Warns of what was never closed, which NASM takes in silence. */
  finish(): void {
    const { definition, instance, assembler } = this;
    if (definition) {
      assembler.messages.chain = definition.chain;
      assembler.warn(l10n.t('`struc {0}` has no `endstruc`', definition.name), definition.span);
    }
    if (instance) {
      assembler.messages.chain = instance.chain;
      assembler.warn(l10n.t('`istruc {0}` has no `iend`', instance.name), instance.span);
    }
  }

  run(name: string, args: readonly Token[], statement: Statement): void {
    switch (name) {
      case 'struc':
        this.begin(args, statement);
        return;
      case 'endstruc':
        this.end(statement);
        return;
      case 'istruc':
        this.beginInstance(args, statement);
        return;
      case 'at':
        this.at(args, statement);
        return;
      default:
        this.endInstance(statement);
    }
  }

  private open(args: readonly Token[], statement: Statement): Open {
    const [name] = args;
    if (name?.kind !== 'id')
      throw new SourceError(l10n.t('a structure needs a name'), name ?? statement.span);
    const { section, absolute, position } = this.assembler.output;
    return {
      name: name.text,
      span: name,
      section,
      absolute,
      start: position,
      chain: statement.chain,
    };
  }

  private begin(args: readonly Token[], statement: Statement): void {
    const { assembler } = this;
    if (this.definition)
      throw new SourceError(
        l10n.t('`struc {0}` is still open: `endstruc` is missing', this.definition.name),
      );
    this.definition = this.open(args, statement);
    let offset = scalar(0n);
    if (isOp(args[1], ','))
      offset = evaluate(
        parseExpression(new Cursor(args.slice(2), statement.span)),
        assembler.names,
      );
    assembler.output.section = undefined;
    assembler.output.absolute = offset;
    assembler.names.define(
      this.definition.name,
      'label',
      offset,
      this.definition.span,
      statement.chain,
    );
    const { name, span } = this.definition;
    assembler.names.recorder?.define('symbol', name, span, { as: 'structure' });
  }

  private end(statement: Statement): void {
    const { assembler, definition } = this;
    if (!definition) throw new SourceError(l10n.t('`endstruc` without a `struc` before it'));
    this.definition = undefined;
    const base = assembler.names.symbols.get(definition.name)?.value ?? scalar(0n);
    const size = add(assembler.output.absolute, base, -1n);
    assembler.names.define(
      `${definition.name}_size`,
      'equ',
      size,
      definition.span,
      statement.chain,
    );
    assembler.output.section = definition.section;
    assembler.output.absolute = definition.absolute;
  }

  private beginInstance(args: readonly Token[], statement: Statement): void {
    if (this.instance)
      throw new SourceError(
        l10n.t('`istruc {0}` is still open: `iend` is missing', this.instance.name),
      );
    this.instance = this.open(args, statement);
    const { name, span } = this.instance;
    this.assembler.names.recorder?.use('symbol', name, span);
  }

  private symbol(name: string, span: Span): bigint {
    return this.assembler.names.symbol(name, span).n;
  }

  /** Fills with zeros up to `offset` bytes after the instance's start. */
  private fillTo(instance: Open, offset: bigint, span: Span): void {
    const { assembler } = this;
    const done = add(assembler.output.position, instance.start, -1n);
    if (!isScalar(done))
      throw new SourceError(l10n.t('a structure must stay within one section'), span);
    const count = offset - done.n;
    if (count < 0n) {
      if (!assembler.final) return;
      throw new SourceError(
        l10n.t('what stands before this field is {0} byte(s) too long', String(-count)),
        span,
      );
    }
    assembler.room(assembler.checkCount(count, 1, span), 'data')?.fill(0);
  }

  private at(args: readonly Token[], statement: Statement): void {
    const { assembler, instance } = this;
    if (!instance) throw new SourceError(l10n.t('`at` without an `istruc` before it'));
    const cursor = new Cursor(args, statement.span);
    const [first] = args;
    // `at .field` means the field of this structure.
    const named =
      first?.kind === 'id' && first.text.startsWith('.') && !first.text.startsWith('..');
    const tokens = named
      ? [{ ...first, text: instance.name + first.text }, ...args.slice(1)]
      : args;
    const reader = named ? new Cursor(tokens, statement.span) : cursor;
    const offset = evaluate(parseExpression(reader), assembler.names);
    const base = this.symbol(instance.name, instance.span);
    this.fillTo(instance, offset.n - base, first ?? statement.span);
    if (reader.skipOp(',') && !reader.atEnd) {
      const rest = parseStatement(tokens.slice(reader.index), statement.chain);
      executeUnlabelled(assembler, rest);
    }
  }

  private endInstance(statement: Statement): void {
    const { instance } = this;
    if (!instance) throw new SourceError(l10n.t('`iend` without an `istruc` before it'));
    this.instance = undefined;
    this.fillTo(instance, this.symbol(`${instance.name}_size`, instance.span), statement.span);
  }
}

import * as l10n from '@vscode/l10n';
import type { Assembler } from './assembler';
import { storeItem } from './data';
import { runDirective } from './directives';
import { FatalError, SourceError } from './diagnostics';
import { evaluate } from './evaluate';
import { some, type Expression } from './expression';
import type { Body, Statement } from './statement';
import { align, includeBinary, repeat } from './storage';

/** Assembles one statement in the current pass; what is wrong with it is reported. */
export function execute(a: Assembler, statement: Statement): void {
  a.messages.chain = statement.chain;
  a.output.beginStatement();
  try {
    const { label, body, chain } = statement;
    if (label && body.kind !== 'equ' && a.names.isLabel(label))
      a.names.define(label.name, 'label', a.output.position, label.span, chain);
    executeUnlabelled(a, statement);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error instanceof FatalError)
      throw error.span ? error : new FatalError(error.message, statement.chain[0]);
    a.error(error.message, error.span ?? statement.span);
  }
}

/** Assembles what stands after the label, or after `at field,`. Throws SourceError. */
export function executeUnlabelled(a: Assembler, statement: Statement): void {
  const count = timesOf(a, statement);
  if (count > 0) assembleBody(a, statement, statement.body, count);
}

/** The product of the counts after `times`. */
function timesOf(a: Assembler, statement: Statement): number {
  let count = 1;
  for (const expression of statement.times) {
    const n = a.number(expression, '`times`');
    if (n < 0n) {
      // Before the last pass the count may be negative only because labels have not settled.
      if (!a.final) return 0;
      const detail = l10n.t('the count of `times` is negative: {0}', String(n));
      const over = l10n.t('{0} (what stands before is {1} byte(s) too long)', detail, String(-n));
      throw new SourceError(usesHere(expression) ? over : detail, expression.span);
    }
    count *= a.output.checkCount(lowerHalf(n), 1, expression.span);
  }
  return count;
}

/** NASM looks at the lower 32 bits of a count, which some macros rely on; what is negative in them is too much. */
function lowerHalf(n: bigint): bigint {
  const lower = BigInt.asIntN(32, n);
  return lower < 0n ? n : lower;
}

const usesHere = (expression: Expression): boolean => some(expression, (e) => e.kind === 'here');

/** Assembles `body` so many times. Throws SourceError. */
export function assembleBody(a: Assembler, statement: Statement, body: Body, count: number): void {
  switch (body.kind) {
    case 'empty':
      return;
    case 'instruction':
      a.writer.write(body, statement, count);
      return;
    case 'data':
      repeat(a, count, 'data', () => {
        for (const item of body.items) storeItem(item, body.size, a);
      });
      return;
    case 'reserve': {
      const n = a.number(body.count, '`resb`') * BigInt(count);
      const bytes = a.output.checkCount(n, body.size, body.count.span) * body.size;
      a.output.room(bytes, 'reserve')?.fill(0);
      return;
    }
    case 'equ': {
      if (!statement.label) throw new SourceError(l10n.t('`equ` needs a name before it'));
      const value = evaluate(body.value, a.names);
      a.names.define(statement.label.name, 'equ', value, statement.label.span, statement.chain);
      return;
    }
    case 'incbin':
      includeBinary(a, body, statement, count);
      return;
    case 'align':
      align(a, body, statement, (fill, n) => {
        assembleBody(a, statement, fill, n);
      });
      return;
    case 'directive':
      runDirective(a, body, statement);
  }
}

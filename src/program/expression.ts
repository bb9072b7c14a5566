import type { Span } from './diagnostics';
import type { FormatName } from './floats';

/** An expression's tree. `span` is the operator or the operand's own token. */
export type Expression =
  | { readonly kind: 'number'; readonly value: bigint; readonly span: Span }
  | { readonly kind: 'string'; readonly bytes: Uint8Array; readonly span: Span }
  | { readonly kind: 'symbol'; readonly name: string; readonly span: Span }
  | { readonly kind: 'register'; readonly register: number; readonly span: Span }
  | { readonly kind: 'here'; readonly span: Span }
  | { readonly kind: 'start'; readonly span: Span }
  | {
      readonly kind: 'float';
      readonly text: string;
      readonly negative: boolean;
      /** Set inside `__float32__(…)`, which makes an integer of it. */
      readonly format?: FormatName;
      /** Only its lower 64 bits, or those above. */
      readonly part?: 'low' | 'high';
      readonly span: Span;
    }
  | {
      readonly kind: 'unary';
      readonly operator: UnaryOperator;
      readonly operand: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
      readonly span: Span;
    };

export type UnaryOperator = '-' | '+' | '~' | '!' | 'seg' | 'ilog2' | 'ilog2c';

/** NASM's binary operators by precedence, loosest first (manual 3.5). */
export const PRECEDENCE = [
  ['||'],
  ['^^'],
  ['&&'],
  ['=', '==', '<>', '!=', '<', '<=', '>', '>=', '<=>'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '<<<', '>>', '>>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '%%'],
] as const;

export type BinaryOperator = (typeof PRECEDENCE)[number][number] | 'wrt';

/** Whether `test` holds anywhere in the tree. */
export function some(expression: Expression, test: (e: Expression) => boolean): boolean {
  if (test(expression)) return true;
  switch (expression.kind) {
    case 'unary':
      return some(expression.operand, test);
    case 'binary':
      return some(expression.left, test) || some(expression.right, test);
    case 'conditional':
      return (
        some(expression.test, test) ||
        some(expression.then, test) ||
        some(expression.otherwise, test)
      );
    default:
      return false;
  }
}

/** Whether it has the same value everywhere, and computing it warns of nothing. */
export const isConstant = (expression: Expression): boolean => !some(expression, changes);

const changes = (e: Expression): boolean =>
  e.kind === 'symbol' ||
  e.kind === 'here' ||
  e.kind === 'start' ||
  (e.kind === 'binary' && e.operator === '<=>');

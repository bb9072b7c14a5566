import { evaluate, type Scope } from './evaluate';
import type { Expression } from './expression';
import type { Value } from './value';

/** What NASM keeps of a partial sum: whether it holds a plain number, and whether two terms were added up in it. */
interface Sum {
  readonly value: Value;
  readonly plain: boolean;
  readonly summed: boolean;
}

/** Whether adding `b` to `a` joins two terms of one kind into one that is not zero. */
function joins(a: Sum, b: Sum, sign: bigint): boolean {
  if (a.plain && b.plain && a.value.n + sign * b.value.n !== 0n) return true;
  return a.value.terms.some(({ of, count }) => {
    const other = b.value.terms.find((term) => term.of === of);
    return other !== undefined && count + sign * other.count !== 0n;
  });
}

function sum(expression: Expression, scope: Scope): Sum {
  const value = evaluate(expression, scope);
  switch (expression.kind) {
    case 'register':
      return { value, plain: false, summed: false };
    case 'unary':
      return { value, plain: true, summed: sum(expression.operand, scope).summed };
    case 'binary': {
      const left = sum(expression.left, scope);
      const right = sum(expression.right, scope);
      const inner = left.summed || right.summed;
      const { operator } = expression;
      if (operator !== '+' && operator !== '-') {
        const scaled = operator === '*' && value.terms.some(({ of }) => typeof of === 'number');
        return { value, plain: !scaled, summed: inner };
      }
      const summed = inner || joins(left, right, operator === '+' ? 1n : -1n);
      const plain = left.plain && right.plain ? value.n !== 0n : left.plain || right.plain;
      return { value, plain, summed };
    }
    default:
      return { value, plain: true, summed: false };
  }
}

/**
 * Whether NASM adds up two terms of one kind while it computes an address, as the numbers in `[ecx + eax + 4 + 4]`.
 * It then forgets which register was written first, and what `nosplit` says (EAH_SUMMED in its eval.c).
 */
export function isSummed(expression: Expression, scope: Scope): boolean {
  return sum(expression, scope).summed;
}

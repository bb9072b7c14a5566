import type { Value } from '../value';
import { isKnown, isScalar } from '../value';
import type { VectorChoice } from './cpu-levels';
import { match, type Context, type Match, type Resolved } from './match';
import { select, sizedByImmediate, type Choice } from './select';
import type { Request } from './shapes';

/**
 * Chooses forms as `select` does, and remembers by what they were chosen: macros give the same instruction over and
 * over with other numbers, of which only the size counts. `matchOf` puts those in that stand there.
 */
export class ChoiceCache {
  private readonly known = new Map<string, Choice>();
  private vectors: VectorChoice | undefined;

  select(request: Request, context: Context): Choice {
    if (this.vectors !== context.vectors) {
      this.vectors = context.vectors;
      this.known.clear();
    }
    const key = keyOf(request, context);
    if (key === undefined) return select(request, context);
    const known = this.known.get(key);
    if (known) return known;
    const choice = select(request, context);
    if (choice.asWritten) this.known.set(key, choice);
    return choice;
  }
}

/** How the chosen form takes the operands, whose numbers may be others than those for which it was chosen. */
export function matchOf(choice: Choice, operands: readonly Resolved[], context: Context): Match {
  const { match: first, asWritten } = choice;
  return (asWritten && match(first.form, sizedByImmediate(operands), context)) || first;
}

/**
 * Everything that decides the choice of a form, as text. Undefined where more does: EVEX scales displacements by their
 * value, and all its instructions begin with a `v`.
 */
function keyOf(request: Request, context: Context): string | undefined {
  const { mnemonic, operands, prefixes } = request;
  if (mnemonic.startsWith('v')) return undefined;
  const { words, segment, operandSize, addressSize, encoding } = prefixes;
  let key = `${context.bits} ${context.cpu} ${mnemonic} ${segment} ${operandSize} ${addressSize}`;
  if (words.length > 0 || encoding) key += ` ${words.join()} ${encoding ?? ''}`;
  for (const operand of operands) {
    const part = operandKey(operand, mnemonic, context);
    if (part === undefined) return undefined;
    key += part;
  }
  return key;
}

function operandKey(resolved: Resolved, mnemonic: string, context: Context): string | undefined {
  const { operand, value, address } = resolved;
  if (operand.decoration) return undefined;
  const { size, strict } = operand;
  switch (operand.kind) {
    case 'register':
      return `|r ${operand.register} ${size} ${operand.to ? 1 : 0}`;
    case 'immediate': {
      if (!value) return undefined;
      const near = BRANCHES.test(mnemonic) ? reach(value, context) : '';
      return `|i ${size} ${strict ? 1 : 0} ${operand.distance ?? ''} ${magnitude(value)}${near}`;
    }
    case 'memory': {
      if (!address) return undefined;
      const { base, index, scale, displacementBits, offset, wide, relative } = address;
      const flags = (strict ? 1 : 0) + (offset ? 2 : 0) + (wide ? 4 : 0) + (relative ? 8 : 0);
      return `|m ${size} ${operand.segment} ${operand.distance ?? ''} ${base} ${index} ${scale} ${displacementBits} ${address.addressSize} ${flags}`;
    }
    case 'far':
      return undefined;
  }
}

const BRANCHES = /^(j|loop|call|xbegin)/;

/** Whether a byte reaches the target from behind the instruction, with and without a prefix. */
const reach = (value: Value, context: Context): string =>
  (context.fitsShort(value, 2) ? 'n' : 'f') + (context.fitsShort(value, 3) ? 'n' : 'f');

/** The sizes that forms tell apart, for numbers that fit: a byte extended to 16 and 32 bits, 32 bits with and without a sign. */
function magnitude(value: Value): number {
  const { n } = value;
  const [word, double] = [BigInt.asIntN(16, n), BigInt.asIntN(32, n)];
  const isByte = (part: bigint): boolean => part >= -128n && part <= 127n;
  return (
    (isKnown(value) ? 1 : 0) +
    (isScalar(value) ? 2 : 0) +
    (n === 1n ? 4 : 0) +
    (isByte(word) ? 8 : 0) +
    (isByte(double) ? 16 : 0) +
    (double === n ? 32 : 0) +
    (n >= 0n && n <= 0xffffffffn ? 64 : 0)
  );
}

import { bare, sizeOf, typeText, Unavailable } from '../../debug-info';
import { DOUBLE, SINGLE } from '../../processor/floating-point';
import type { CompiledValue } from '../variables/compiled-value';
import { variableNamed } from '../variables/compiled-variables';
import { pathValue } from '../variables/member-path';
import { valueText } from '../variables/value-text';
import type { ExpressionContext } from './context';
import { ExpressionError } from './error';
import type { Value, Width } from './value';

/** Variables of compiled programs in the expression language. */

/** The value of a variable; of a way from one: `first.value`. */
export function variableValue(name: string, context: ExpressionContext): Value | undefined {
  if (name.includes('.')) return wayValue(name, context, () => 0n);
  const variable = variableNamed(context, name);
  if (!variable) return undefined;
  const { value } = variable;
  if (typeof value === 'string') throw new ExpressionError(`${name}: ${value}`, 1);
  return guarded(() => asValue(value));
}

/** What a text means that goes a way from a variable; undefined where it is none. */
export function wayValue(
  text: string,
  context: ExpressionContext,
  indexOf: (text: string) => bigint,
): Value | undefined {
  return guarded(() => {
    const found = pathValue(text, context, indexOf);
    if (!found) return undefined;
    return found.isAddress ? addressOf(found.value) : asValue(found.value);
  });
}

function guarded<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Unavailable) throw new ExpressionError(error.message, 1);
    throw error;
  }
}

const WIDTHS: ReadonlySet<number> = new Set([8, 16, 32, 64]);

function asValue(compiled: CompiledValue): Value {
  const { address, isBitField, width } = compiled;
  const type = bare(compiled.type);
  const bytes = sizeOf(compiled.type);
  const space = compiled.context.world.side === 'host' ? 'host' : 'gva';
  const isNumber = isBitField || WIDTHS.has(width);
  const real = type.kind === 'base' && type.encoding === 'real';
  const isSigned = !real && type.kind === 'base' && type.encoding === 'signed';
  const { assign } = compiled;
  const number = isNumber ? compiled.number : 0n;
  return {
    value: isSigned ? BigInt.asIntN(width, number) : number,
    width: isSigned || !WIDTHS.has(width) ? undefined : (width as Width),
    type: typeText(compiled.type),
    text: valueText(compiled),
    compiled,
    ...(isSigned && { signed: width }),
    ...(real && isNumber && { real: { format: bytes === 4 ? SINGLE : DOUBLE } }),
    ...(address !== undefined && !isBitField && { memory: { space, address, bytes } }),
    ...(assign && { assign }),
  };
}

function addressOf(compiled: CompiledValue): Value {
  const { address, context } = compiled;
  if (address === undefined) throw new Unavailable(valueText(compiled));
  const space = context.world.side === 'host' ? 'host' : 'gva';
  const bytes = sizeOf(compiled.type);
  return { value: address, width: 64, type: 'address', memory: { space, address, bytes } };
}

import { Unavailable, type Variable } from '../../debug-info';
import { debugInfoOf } from '../../session';
import type { ExpressionContext } from '../expressions/context';
import { machineOf } from '../places/compiled-frame';
import { placeAt } from '../places/program-place';
import { linearRip } from '../registers/registers';
import { CompiledValue } from './compiled-value';

/** A variable with its value, or why it has none here. */
export interface SeenVariable {
  readonly name: string;
  readonly value: CompiledValue | string;
}

/** Those of the function that a context is in, or of its file outside of functions. */
export function variablesOf(
  context: ExpressionContext,
  which: 'locals' | 'globals',
): SeenVariable[] {
  const seen = new Set<string>();
  // What is hidden by another one of its name cannot be named.
  return listed(context, which)
    .filter(({ name }) => !seen.has(name) && seen.add(name))
    .map((variable) => ({ name: variable.name, value: valueOf(context, variable) }));
}

/** The variable that a name means in a context. */
export function variableNamed(context: ExpressionContext, name: string): SeenVariable | undefined {
  for (const which of ['locals', 'globals'] as const) {
    const variable = listed(context, which).find((each) => each.name === name);
    if (variable) return { name, value: valueOf(context, variable) };
  }
  return undefined;
}

function listed(context: ExpressionContext, which: 'locals' | 'globals'): readonly Variable[] {
  const place = placeOf(context);
  const info = place && debugInfoOf(place.program);
  if (!info) return [];
  return which === 'locals' ? info.localsAt(place.address) : info.globalsAt(place.address);
}

function placeOf({ target, world, registers, memory, at }: ExpressionContext) {
  return world.isProgram ? placeAt(target, at ?? linearRip(registers), memory) : undefined;
}

function valueOf(context: ExpressionContext, variable: Variable): CompiledValue | string {
  const place = placeOf(context);
  const machine = machineOf(context.registers, context.memory);
  const info = place && debugInfoOf(place.program);
  if (!info || !machine) return '??';
  try {
    const location = info.locate(variable, machine);
    if (!location) return '??';
    return new CompiledValue(context, variable.type, { location, offset: 0 }, variable.name);
  } catch (error) {
    if (error instanceof Unavailable) return error.message;
    throw error;
  }
}

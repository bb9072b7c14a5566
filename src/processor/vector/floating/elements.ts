import type { InstructionContext } from '../../execution/instruction-context';
import type { Environment, Format } from '../../floating-point';
import type { SlowPath } from '../../semantics/slow-path';
import { bytesOf, isVex, lanes, ofLanes, readVector, writeVector } from '../operands';
import { computing } from './environment';

/** Operations on floating-point elements: all of a vector, or the lowest one. */

export type ElementOperation = (
  format: Format,
  a: bigint,
  b: bigint,
  env: Environment,
  position: number,
) => bigint;

/** What decides how many elements there are: PS and PD, or SS and SD. */
export type Shape = 'packed' | 'scalar';

/** Where the first source stands; the second follows. */
const firstSource = (cpu: InstructionContext): number => (isVex(cpu) ? 1 : 0);

/** target = operation(first, second). */
export const binary =
  (format: Format, shape: Shape, operation: ElementOperation): SlowPath =>
  (cpu) => {
    const first = firstSource(cpu);
    if (shape === 'packed') return packedResult(cpu, format, first, operation);
    const b = readVector(cpu, first + 1, format.width / 8);
    const a = readVector(cpu, first, 16);
    const lowest = BigInt.asUintN(format.width, a);
    const result = computing(cpu, (env) => operation(format, lowest, b, env, 0));
    writeLowest(cpu, format, a, result);
    return 'continue';
  };

function packedResult(
  cpu: InstructionContext,
  format: Format,
  first: number,
  operation: ElementOperation,
): 'continue' {
  const bytes = bytesOf(cpu, 0);
  const count = (8 * bytes) / format.width;
  const b = lanes(readVector(cpu, first + 1, bytes), format.width, count);
  const a = lanes(readVector(cpu, first, bytes), format.width, count);
  const results = computing(cpu, (env) =>
    a.map((v, n) => operation(format, v, b[n] ?? 0n, env, n)),
  );
  writeVector(cpu, 0, bytes, ofLanes(results, format.width));
  return 'continue';
}

/** The lowest element of `a` replaced; with a VEX prefix what lies above 128 bits is cleared. */
export function writeLowest(
  cpu: InstructionContext,
  format: Format,
  a: bigint,
  value: bigint,
): void {
  writeVector(cpu, 0, 16, a - BigInt.asUintN(format.width, a) + value);
}

/**
 * target = operation(source), whose source is the last operand but for an immediate. Of a scalar one with
 * a VEX prefix the first source gives what lies above the lowest element.
 */
export const unary =
  (
    format: Format,
    shape: Shape,
    operation: (a: bigint, env: Environment, cpu: InstructionContext) => bigint,
  ): SlowPath =>
  (cpu) => {
    if (shape === 'scalar') {
      const first = firstSource(cpu);
      const source = readVector(cpu, first + 1, format.width / 8);
      const above = readVector(cpu, first, 16);
      const result = computing(cpu, (env) => operation(source, env, cpu));
      writeLowest(cpu, format, above, result);
      return 'continue';
    }
    const bytes = bytesOf(cpu, 0);
    const source = lanes(readVector(cpu, 1, bytes), format.width, (8 * bytes) / format.width);
    const results = computing(cpu, (env) => source.map((v) => operation(v, env, cpu)));
    writeVector(cpu, 0, bytes, ofLanes(results, format.width));
    return 'continue';
  };

import { fusedMultiplyAdd } from '../../floating-point';
import type { SlowPath } from '../../semantics/slow-path';
import { bytesOf, lanes, ofLanes, readVector, writeVector } from '../operands';
import { ENDINGS } from './arithmetic';
import { writeLowest } from './elements';
import { computing } from './environment';

/** FMA (SDM 2C VFMADD132PD and following): the digits tell which operands are multiplied, and which is added. */

const ORDERS: Readonly<Record<string, readonly [number, number, number]>> = {
  '132': [0, 2, 1],
  '213': [1, 0, 2],
  '231': [1, 2, 0],
};

/** Whether the product and the addend are negated, in even and in odd elements. */
const VARIANTS: Readonly<Record<string, readonly [product: boolean, even: boolean, odd: boolean]>> =
  {
    VFMADD: [false, false, false],
    VFMSUB: [false, true, true],
    VFNMADD: [true, false, false],
    VFNMSUB: [true, true, true],
    VFMADDSUB: [false, true, false],
    VFMSUBADD: [false, false, true],
  };

function fused(variant: string, order: string, ending: string): SlowPath | undefined {
  const row = ENDINGS[ending];
  const signs = VARIANTS[variant];
  const [x, y, z] = ORDERS[order] ?? [0, 1, 2];
  if (!row || !signs) return undefined;
  const [format, shape] = row;
  const [negateProduct, even, odd] = signs;
  return (cpu) => {
    const scalar = shape === 'scalar';
    const bytes = scalar ? format.width / 8 : bytesOf(cpu, 0);
    const count = (8 * bytes) / format.width;
    const third = readVector(cpu, 2, bytes);
    const operands = [readVector(cpu, 0, bytes), readVector(cpu, 1, bytes), third].map((v) =>
      lanes(v, format.width, count),
    );
    const at = (operand: number, n: number): bigint => operands[operand]?.[n] ?? 0n;
    const results = computing(cpu, (env) =>
      Array.from({ length: count }, (_, n) =>
        fusedMultiplyAdd(format, at(x, n), at(y, n), at(z, n), env, {
          negateProduct,
          negateAddend: n % 2 === 0 ? even : odd,
        }),
      ),
    );
    if (scalar) writeLowest(cpu, format, readVector(cpu, 0, 16), results[0] ?? 0n);
    else writeVector(cpu, 0, bytes, ofLanes(results, format.width));
    return 'continue';
  };
}

function all(): Record<string, SlowPath> {
  const found: Record<string, SlowPath> = {};
  for (const variant of Object.keys(VARIANTS)) {
    for (const order of Object.keys(ORDERS)) {
      for (const ending of Object.keys(ENDINGS)) {
        const path = fused(variant, order, ending);
        if (path) found[variant + order + ending] = path;
      }
    }
  }
  return found;
}

export const FUSED: Readonly<Record<string, SlowPath>> = all();

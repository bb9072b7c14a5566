import {
  add,
  divide,
  DOUBLE,
  maximum,
  minimum,
  multiply,
  root,
  SINGLE,
  subtract,
  type Environment,
  type Format,
} from '../../floating-point';
import type { SlowPath } from '../../semantics/slow-path';
import { byHalves, bytesOf, isVex, lanes, ofLanes, readVector, writeVector } from '../operands';
import { binary, unary, type ElementOperation, type Shape } from './elements';
import { computing } from './environment';

/** SDM 2: ADDPS and its kin, SQRT, HADD, HSUB, ADDSUB, DPPS and DPPD. */

/** The four endings of mnemonics. */
export const ENDINGS: Readonly<Record<string, readonly [Format, Shape]>> = {
  PS: [SINGLE, 'packed'],
  PD: [DOUBLE, 'packed'],
  SS: [SINGLE, 'scalar'],
  SD: [DOUBLE, 'scalar'],
};

const OPERATIONS: Readonly<Record<string, ElementOperation>> = {
  ADD: add,
  SUB: subtract,
  MUL: multiply,
  DIV: divide,
  MIN: minimum,
  MAX: maximum,
};

/** Even elements are subtracted, odd ones added. */
const addSubtract: ElementOperation = (format, a, b, env, position) =>
  position % 2 === 0 ? subtract(format, a, b, env) : add(format, a, b, env);

/** Sums or differences of neighbours, those of the first source before those of the second. */
const horizontal = (format: Format, operation: ElementOperation): SlowPath => {
  const count = 128 / format.width;
  return (cpu) => {
    const first = isVex(cpu) ? 1 : 0;
    const bytes = bytesOf(cpu, 0);
    const b = readVector(cpu, first + 1, bytes);
    const a = readVector(cpu, first, bytes);
    const result = computing(cpu, (env) =>
      byHalves(bytes, a, b, (x, y) => {
        const all = [...lanes(x, format.width, count), ...lanes(y, format.width, count)];
        const pairs = all.filter((_, n) => n % 2 === 0);
        return ofLanes(
          pairs.map((v, n) => operation(format, v, all[2 * n + 1] ?? 0n, env, n)),
          format.width,
        );
      }),
    );
    writeVector(cpu, 0, bytes, result);
    return 'continue';
  };
};

/**
 * DPPS and DPPD: products of the elements that the upper half of the immediate chooses, added in pairs,
 * where the lower half asks for the sum. Each step computes as an instruction of its own.
 */
function dotProduct(format: Format, a: bigint, b: bigint, imm: number, env: Environment): bigint {
  const count = 128 / format.width;
  const [x, y] = [lanes(a, format.width, count), lanes(b, format.width, count)];
  const products = x.map((v, n) => (imm & (0x10 << n) ? multiply(format, v, y[n] ?? 0n, env) : 0n));
  let sums = products;
  while (sums.length > 1) {
    const before = sums;
    sums = before
      .filter((_, n) => n % 2 === 0)
      .map((v, n) => add(format, v, before[2 * n + 1] ?? 0n, env));
  }
  const sum = sums[0] ?? 0n;
  return ofLanes(
    x.map((_, n) => (imm & (1 << n) ? sum : 0n)),
    format.width,
  );
}

const dot =
  (format: Format): SlowPath =>
  (cpu) => {
    const first = isVex(cpu) ? 1 : 0;
    const bytes = bytesOf(cpu, 0);
    const imm = Number(cpu.readOperand(first + 2, 1));
    const b = readVector(cpu, first + 1, bytes);
    const a = readVector(cpu, first, bytes);
    const result = computing(cpu, (env) =>
      byHalves(bytes, a, b, (x, y) => dotProduct(format, x, y, imm, env)),
    );
    writeVector(cpu, 0, bytes, result);
    return 'continue';
  };

function arithmetic(): Record<string, SlowPath> {
  const found: Record<string, SlowPath> = {
    ADDSUBPS: binary(SINGLE, 'packed', addSubtract),
    ADDSUBPD: binary(DOUBLE, 'packed', addSubtract),
    HADDPS: horizontal(SINGLE, add),
    HADDPD: horizontal(DOUBLE, add),
    HSUBPS: horizontal(SINGLE, subtract),
    HSUBPD: horizontal(DOUBLE, subtract),
    DPPS: dot(SINGLE),
    DPPD: dot(DOUBLE),
  };
  for (const [ending, [format, shape]] of Object.entries(ENDINGS)) {
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      found[name + ending] = binary(format, shape, operation);
    }
    found[`SQRT${ending}`] = unary(format, shape, (a, env) => root(format, a, env));
  }
  return found;
}

/** By mnemonic, without the V of their VEX-encoded relatives. */
export const ARITHMETIC: Readonly<Record<string, SlowPath>> = arithmetic();

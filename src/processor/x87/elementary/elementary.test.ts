import assert from 'node:assert/strict';
import { logarithm, logarithmOfOneMore, powerLessOne } from './exponential';
import { leading, type Real } from './real';
import { angle, cosine, sine, tangent } from './trigonometric';

/** Against Math, as far as that goes, and by laws beyond it. The instructions are compared with a real processor. */

/** A double as it is. */
function real(value: number): Real {
  const exponent = Math.floor(Math.log2(Math.abs(value))) - 60;
  const scaled = value / 2 ** exponent;
  return { significand: BigInt(scaled), exponent };
}

function toNumber({ significand, exponent }: Real): number {
  const excess = Math.max(0, leading({ significand, exponent }) - exponent - 60);
  return Number(significand >> BigInt(excess)) * 2 ** (exponent + excess);
}

function near(found: Real, expected: number, what: string): void {
  const error = Math.abs(toNumber(found) - expected);
  assert.ok(error <= Math.abs(expected) * 1e-15, `${what}: ${String(toNumber(found))}`);
}

const VALUES = [0.001, 0.1, 0.25, 0.7, 0.7853981633974483, 0.99];

describe('elementary functions', () => {
  it('agree with Math', () => {
    for (const value of VALUES.flatMap((each) => [each, -each])) {
      const x = real(value);
      near(sine(x), Math.sin(value), `sin ${String(value)}`);
      near(cosine(x), Math.cos(value), `cos ${String(value)}`);
      near(tangent(x), Math.tan(value), `tan ${String(value)}`);
      near(powerLessOne(x), Math.expm1(value * Math.LN2), `2^${String(value)} - 1`);
      near(logarithmOfOneMore(x), Math.log1p(value) / Math.LN2, `log2(1 + ${String(value)})`);
      near(angle(x, real(3)), Math.atan2(value, 3), `atan2(${String(value)}, 3)`);
      near(angle(real(3), x), Math.atan2(3, value), `atan2(3, ${String(value)})`);
      near(angle(x, real(-3)), Math.atan2(value, -3), `atan2(${String(value)}, -3)`);
    }
    for (const value of [...VALUES, 1.5, 3, 1000, 1e-300]) {
      near(logarithm(real(value)), Math.log2(value), `log2 ${String(value)}`);
    }
  });

  it('know powers of 2 exactly', () => {
    assert.deepEqual(logarithm({ significand: 1n, exponent: 9 }), { significand: 9n, exponent: 0 });
    assert.equal(logarithm({ significand: 1n, exponent: 0 }).significand, 0n);
  });

  it('reduce angles by a π of 66 bits (SDM 1 8.3.8)', () => {
    // The nearest double extended number to π is 0xC90FDAA22168C235 × 2^-62: its sine is the distance.
    const found = sine({ significand: 0xc90fdaa22168c235n, exponent: -62 });
    const distance = 0x3243f6a8885a308d3n - (0xc90fdaa22168c235n << 2n);
    near(found, Number(distance) * 2 ** -64, 'sin π');
  });

  it('of tiny numbers lie beside them', () => {
    const x: Real = { significand: 3n, exponent: -200 };
    const compare = (a: Real): bigint => a.significand - (3n << BigInt(-200 - a.exponent));
    assert.ok(compare(sine(x)) < 0n);
    assert.ok(compare(tangent(x)) > 0n);
    assert.ok(compare(angle(x, { significand: 1n, exponent: 0 })) < 0n);
  });
});

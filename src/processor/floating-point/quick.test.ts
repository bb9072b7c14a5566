import assert from 'node:assert/strict';
import { floatingNeighbour, floatingValue } from '../../../test/vectors/floating-values';
import { random } from '../../../test/vectors/random';
import { sum } from './add';
import { Environment } from './environment';
import { DOUBLE, SINGLE, type Format } from './format';
import { product, quotient } from './multiply';
import { quickProduct, quickQuotient, quickRoot, quickSum } from './quick';
import { unpack } from './unpack';
import { root } from './multiply';

/** The host's arithmetic gives what exact arithmetic gives. */

type Operation = (format: Format, a: bigint, b: bigint, env: Environment) => bigint | undefined;

const PAIRS: readonly (readonly [string, Operation, Operation])[] = [
  ['sums', quickSum, (f, a, b, env) => sum(f, unpack(f, a), unpack(f, b), false, env)],
  ['products', quickProduct, (f, a, b, env) => product(f, unpack(f, a), unpack(f, b), env)],
  ['quotients', quickQuotient, (f, a, b, env) => quotient(f, unpack(f, a), unpack(f, b), env)],
  ['roots', (f, a, _b, env) => quickRoot(f, a, env), (f, a, _b, env) => exactRoot(f, a, env)],
];

/** With another rounding mode there is no quick way; x87 rules leave roots of these formats as they are. */
function exactRoot(format: Format, a: bigint, env: Environment): bigint {
  env.x87 = true;
  return root(format, a, env);
}

const CASES = 20_000;

describe('quick arithmetic', () => {
  for (const [name, quick, exact] of PAIRS) {
    for (const format of [SINGLE, DOUBLE]) {
      it(`gives the exact ${name} of ${String(format.width)} bits`, () => {
        const next = random(format.width);
        let done = 0;
        for (let n = 0; n < CASES; n++) {
          const a = floatingValue(format, next);
          const b = floatingNeighbour(format, a, next);
          const env = new Environment();
          const found = quick(format, a, b, env);
          if (found === undefined) continue;
          done++;
          const expected = new Environment();
          assert.equal(found, exact(format, a, b, expected), `${a.toString(16)} ${b.toString(16)}`);
          assert.equal(env.flags, expected.flags, `${a.toString(16)} ${b.toString(16)}`);
        }
        assert.ok(done > CASES / 8, String(done));
      });
    }
  }
});

import assert from 'node:assert/strict';
import * as fp from '.';
import { EXTENDED, Environment, Flag } from '.';

/** What only the double extended format and the x87 unit have; their instructions are tested with real results. */

const ONE = 0x3fff8000000000000000n;
const TINIEST = 0x00018000000000000000n;
const HUGEST = 0x7ffeffffffffffffffffn;
const INDEFINITE = 0xffffc000000000000000n;
const x87 = (control: number): Environment => Environment.ofX87(control);

describe('double extended numbers', () => {
  it('round to 24, 53 or 64 bits by precision control', () => {
    const three = fp.fromInteger(EXTENDED, 3n, x87(0x37f));
    const third = (control: number): bigint => fp.divide(EXTENDED, ONE, three, x87(control));
    assert.equal(third(0x07f), 0x3ffdaaaaab0000000000n);
    assert.equal(third(0x27f), 0x3ffdaaaaaaaaaaaaa800n);
    assert.equal(third(0x37f), 0x3ffdaaaaaaaaaaaaaaabn);
  });

  it('are invalid where the integer bit contradicts the exponent', () => {
    for (const unsupported of [
      0x7fff0000000000000000n,
      0x7fff4000000000000000n,
      0x3fff0000000000000001n,
    ]) {
      const env = x87(0x37f);
      assert.equal(fp.add(EXTENDED, unsupported, ONE, env), INDEFINITE);
      assert.equal(env.flags, Flag.INVALID);
    }
  });

  it('count as denormal where the integer bit is set and the exponent is 0', () => {
    const env = x87(0x37f);
    assert.equal(fp.add(EXTENDED, 0x8000000000000000n, 0n, env), TINIEST);
    assert.equal(env.flags, Flag.DENORMAL);
  });

  it('have their exponent moved where overflow and underflow are not masked', () => {
    const env = x87(0x300);
    const square = fp.multiply(EXTENDED, HUGEST, HUGEST, env);
    assert.equal(square >> 64n, BigInt(0x7ffe + 0x7ffe - 0x3fff + 1 - 24576));
    assert.equal(env.flags, Flag.OVERFLOW | Flag.PRECISION);
    const small = x87(0x300);
    const product = fp.multiply(EXTENDED, TINIEST, TINIEST, small);
    assert.equal(product >> 64n, BigInt(2 - 0x3fff + 24576));
    assert.equal(small.flags, Flag.UNDERFLOW);
  });

  it('tell whether the magnitude was rounded up', () => {
    const env = x87(0x37f);
    const three = fp.fromInteger(EXTENDED, 3n, env);
    fp.divide(EXTENDED, ONE, three, env);
    assert.equal(env.roundedUp, true);
    fp.divide(EXTENDED, fp.fromInteger(EXTENDED, 5n, env), three, env);
    assert.equal(env.roundedUp, false);
  });

  it('take the larger significand of two NaNs, and a quiet one first', () => {
    const small = 0x7fffc000000000000001n;
    const large = 0x7fffc000000000000002n;
    const signalling = 0x7fffbfffffffffffffffn;
    assert.equal(fp.add(EXTENDED, small, large, x87(0x37f)), large);
    assert.equal(fp.add(EXTENDED, large, small, x87(0x37f)), large);
    const env = x87(0x37f);
    assert.equal(fp.add(EXTENDED, signalling, small, env), small);
    assert.equal(env.flags, Flag.INVALID);
  });

  it('are reduced in steps while their exponents lie far apart', () => {
    const env = x87(0x37f);
    const far = fp.scale(EXTENDED, ONE, fp.fromInteger(EXTENDED, 100n, env), env);
    const three = fp.fromInteger(EXTENDED, 3n, env);
    const first = fp.remainder(EXTENDED, far, three, env, false);
    assert.equal(first.partial, true);
    const second = fp.remainder(EXTENDED, first.result, three, env, false);
    assert.equal(second.partial, false);
    assert.equal(second.result, ONE); // 2^100 = 1 modulo 3
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DOUBLE, EXTENDED, SINGLE, unpack, type Format } from '../../processor/floating-point';
import { converted, nanOf, order, realOf, realOfInteger, realText, wholeOf } from './reals';

/** The text read back, as the expression language reads it. */
function reread(text: string, format: Format): bigint {
  const negative = text.startsWith('-');
  const plain = negative ? text.slice(1) : text;
  const payload = /^nan(?:\((.*)\))?$/.exec(plain);
  const bits = payload
    ? nanOf(format, BigInt(payload[1] ?? '0'))
    : plain === 'inf'
      ? format.infinity
      : realOf(plain, format);
  return negative ? bits | format.sign : bits;
}

const FORMATS = [SINGLE, DOUBLE, EXTENDED];

describe('floating-point numbers as text', () => {
  it('are written as people write them', () => {
    const cases: Record<string, string> = {
      '1': '1.0',
      '-0.0': '-0.0',
      '0.1': '0.1',
      '100': '100.0',
      '123.456': '123.456',
      '0.00001': '0.00001',
      '0.000001': '1e-6',
      '123456789012345680000': '123456789012345680000.0',
      '1e21': '1e+21',
      '-1.5e300': '-1.5e+300',
      '5e-324': '5e-324',
    };
    for (const [text, wanted] of Object.entries(cases)) {
      assert.equal(realText(DOUBLE, reread(text, DOUBLE)), wanted, text);
    }
    assert.equal(realText(SINGLE, realOf('0.1', SINGLE)), '0.1');
    assert.equal(realText(EXTENDED, realOf('0.1', EXTENDED)), '0.1');
    assert.equal(realText(EXTENDED, 0x4000c90fdaa22168c235n), '3.1415926535897932385');
    assert.equal(realText(EXTENDED, 1n), '4e-4951', 'the least one');
  });

  it('are doubles as JavaScript writes them', () => {
    const view = new DataView(new ArrayBuffer(8));
    const property = fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      view.setFloat64(0, number);
      assert.equal(Number(realText(DOUBLE, view.getBigUint64(0))), number);
      const digits = (text: string) => text.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '').length;
      const text = realText(DOUBLE, view.getBigUint64(0));
      assert.equal(digits(text), digits(String(number)), `${text} ${String(number)}`);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  for (const format of FORMATS) {
    it(`of ${String(format.width)} bits can be read again, to the last bit`, () => {
      const patterns = fc.bigInt(0n, (1n << BigInt(format.width)) - 1n);
      const near = fc
        .tuple(patterns, fc.bigInt(0n, 3n))
        .map(([bits, low]) => (bits & ~0xffffn) | low);
      const property = fc.property(fc.oneof(patterns, near), (bits) => {
        if (unpack(format, bits).kind === 'unsupported') return;
        const { denormal, significand } = unpack(format, bits);
        if (denormal && significand >= format.integerBit) return; // pseudo-denormal: another encoding
        assert.equal(reread(realText(format, bits), format), bits);
      });
      fc.assert(property, { numRuns: 500 });
    });
  }

  it('which are none say so', () => {
    assert.equal(realText(EXTENDED, 0x7fff8000000000000000n), 'inf');
    assert.equal(realText(EXTENDED, 0xffffc000000000000000n), '-nan');
    assert.equal(realText(EXTENDED, 0x7fff8000000000000001n), 'nan(0x1)');
    assert.equal(realText(EXTENDED, 0x40007fffffffffffffffn), 'unsupported');
  });
});

describe('floating-point numbers', () => {
  it('are whole, or are not', () => {
    const whole = (text: string): bigint | undefined => wholeOf(DOUBLE, realOf(text, DOUBLE));
    assert.equal(whole('3'), 3n);
    assert.equal(whole('0.5'), undefined);
    assert.equal(whole('1e20'), 10n ** 20n);
    assert.equal(wholeOf(SINGLE, SINGLE.infinity), undefined);
    assert.equal(wholeOf(SINGLE, SINGLE.sign), 0n);
    assert.equal(wholeOf(EXTENDED, realOfInteger(-7n, EXTENDED)), -7n);
  });

  it('are compared exactly across formats', () => {
    const of = (format: Format, text: string) => unpack(format, reread(text, format));
    assert.equal(order(of(SINGLE, '1.5'), of(DOUBLE, '1.5')), 0);
    assert.equal(order(of(SINGLE, '0.0'), of(DOUBLE, '-0.0')), 0);
    assert.ok((order(of(SINGLE, '0.1'), of(DOUBLE, '0.1')) ?? 0) > 0);
    assert.ok((order(of(SINGLE, '-inf'), of(EXTENDED, '-1e4000')) ?? 0) < 0);
    assert.equal(order(of(SINGLE, 'inf'), of(EXTENDED, 'inf')), 0);
    assert.equal(order(of(SINGLE, 'nan'), of(SINGLE, '1')), undefined);
    assert.ok((order(of(SINGLE, '-2'), of(SINGLE, '-1')) ?? 0) < 0);
  });

  it('become those of other formats, rounded', () => {
    assert.equal(converted(DOUBLE, SINGLE, realOf('0.1', DOUBLE)), realOf('0.1', SINGLE));
    assert.equal(realOfInteger(16777217n, SINGLE), realOf('16777216', SINGLE));
  });
});

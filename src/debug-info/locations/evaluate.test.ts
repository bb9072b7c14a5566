import assert from 'node:assert/strict';
import { Cursor } from '../reading/cursor';
import { evaluateLocation, evaluateNumber, type Surroundings } from './evaluate';

const expression = (...bytes: number[]): Cursor =>
  new Cursor({ name: '.debug_info', bytes: Uint8Array.from(bytes) });

/** RBP holds 0x1000; at each address lie bytes that count from it. */
const AROUND: Surroundings = {
  bits: 64,
  register: (number) => (number === 6 ? 0x1000n : undefined),
  read: (address, length) => Uint8Array.from({ length }, (_, n) => Number(address & 0xffn) + n),
  frameBase: () => 0x2000n,
  frameAddress: () => 0x3000n,
};

const number = (...bytes: number[]): bigint => evaluateNumber(expression(...bytes), AROUND);

/** lit0 is 0x30, so that lit n is 0x30 + n. */
const lit = (value: number): number => 0x30 + value;

describe('expressions of DWARF (DWARF 5, 2.5)', () => {
  const cases: [name: string, bytes: number[], value: bigint][] = [
    ['addr', [0x03, 1, 2, 0, 0, 0, 0, 0, 0], 0x201n],
    ['const1u', [0x08, 0xff], 0xffn],
    ['const1s', [0x09, 0xff], (1n << 64n) - 1n],
    ['const2s', [0x0b, 0xfe, 0xff], (1n << 64n) - 2n],
    ['constu', [0x10, 0x80, 0x01], 128n],
    ['consts', [0x11, 0x7f], (1n << 64n) - 1n],
    ['dup, plus', [lit(3), 0x12, 0x22], 6n],
    ['over, minus', [lit(5), lit(2), 0x14, 0x1c], (1n << 64n) - 3n],
    ['pick', [lit(1), lit(2), lit(3), 0x15, 2], 1n],
    ['swap, minus', [lit(2), lit(5), 0x16, 0x1c], 3n],
    ['rot', [lit(1), lit(2), lit(3), 0x17, 0x13], 1n],
    ['abs', [0x09, 0xfb, 0x19], 5n],
    ['div is signed', [0x09, 0xf8, lit(2), 0x1b], (1n << 64n) - 4n],
    ['mod', [lit(7), lit(4), 0x1d], 3n],
    ['shl, shra', [0x09, 0x80, lit(1), 0x24, lit(8), 0x26], (1n << 64n) - 1n],
    ['plus_uconst', [lit(1), 0x23, 0x10], 17n],
    ['lt is signed', [0x09, 0xff, lit(1), 0x2d], 1n],
    ['bra goes on where it is 0', [lit(7), lit(0), 0x28, 1, 0, 0x12], 7n],
    ['bra skips where it is not', [lit(7), lit(1), 0x28, 1, 0, 0x1f], 7n],
    ['breg6', [0x76, 0x78], 0xff8n],
    ['reg6', [0x56], 0x1000n],
    ['fbreg', [0x91, 0x70], 0x1ff0n],
    ['call_frame_cfa', [0x9c], 0x3000n],
    ['deref_size', [lit(4), 0x94, 2], 0x504n],
    ['stack_value', [lit(9), 0x9f], 9n],
  ];
  for (const [name, bytes, value] of cases) {
    it(name, () => {
      assert.equal(number(...bytes), value);
    });
  }

  it('are pieces, of which one may be nowhere', () => {
    const found = evaluateLocation(expression(0x56, 0x93, 4, 0x93, 4), AROUND);
    assert.deepEqual(found, {
      kind: 'pieces',
      pieces: [
        { location: { kind: 'register', register: 6 }, bits: 32, skipped: 0 },
        { location: { kind: 'gone' }, bits: 32, skipped: 0 },
      ],
    });
  });

  it('say of what is not known that it is unavailable', () => {
    for (const bytes of [[0x50], [0x70, 0], [0xa3, 0]]) {
      assert.throws(() => number(...bytes), { name: 'Unavailable' });
    }
  });

  it('are damaged with a place where they have no end, or no numbers', () => {
    const endless = [0x2f, 0xfd, 0xff];
    const divided = [lit(1), lit(0), 0x1b];
    for (const bytes of [endless, divided, [0x22], [0x02], [0x08], [0x2f, 0x7f, 0x7f]]) {
      assert.throws(() => number(...bytes), /\.debug_info/);
    }
  });
});

import assert from 'node:assert/strict';
import { decodeBits, reservedBits, setBits } from '../bits';
import { combineExceptions, describeVector, EXCEPTIONS, hasErrorCode, Vector } from '../exceptions';
import { Cr0, CR0, Cr4, CR4 } from './control';
import { Dr7, DR7 } from './debug';
import { RFLAGS, Rflags, RFLAGS_WRITABLE, STATUS_FLAGS } from './flags';
import { GPR_NAMES, gprByName, gprName } from './general';

describe('general-purpose register names', () => {
  it('find their part of the register', () => {
    assert.equal(GPR_NAMES.length, 68);
    assert.deepEqual(gprByName('AH'), { name: 'ah', index: 0, width: 8, shift: 8, high8: true });
    assert.deepEqual(gprByName('sil'), { name: 'sil', index: 6, width: 8, shift: 0, high8: false });
    assert.deepEqual(gprByName('r9d'), {
      name: 'r9d',
      index: 9,
      width: 32,
      shift: 0,
      high8: false,
    });
    assert.equal(gprByName('rip'), undefined);
  });

  it('are given back by index and width', () => {
    assert.equal(gprName(3, 8, true), 'bh');
    assert.equal(gprName(12, 16), 'r12w');
    assert.throws(() => gprName(16, 64), RangeError);
  });
});

describe('bit tables', () => {
  it('give masks', () => {
    assert.equal(Rflags.IOPL, 0x3000);
    assert.equal(Cr0.PG, 0x80000000);
    assert.equal(Cr4.SMAP, 1 << 21);
    assert.equal(Dr7.RW0, 0x30000);
    assert.equal(Dr7.LEN3, 0xc0000000);
    assert.equal(STATUS_FLAGS, 0x8d5n);
    assert.equal(RFLAGS_WRITABLE, 0x3f7fd5n);
  });

  it('name the bits that are set', () => {
    assert.deepEqual(setBits(RFLAGS, 0x246), ['IF', 'ZF', 'PF']);
    assert.deepEqual(setBits(CR0, 0x80000011n), ['PG', 'ET', 'PE']);
  });

  it('decode values', () => {
    const rw1 = decodeBits(DR7, 0x0010_0000n).find(({ field }) => field.id === 'RW1');
    assert.equal(rw1?.value, 1n);
    assert.equal(rw1?.meaning, 'data writes');
  });

  it('know what is reserved', () => {
    assert.equal(reservedBits(CR0, 32), 0x1ffaffc0n);
    assert.equal(reservedBits(CR4, 16) & 0x8000n, 0x8000n);
  });
});

describe('exceptions', () => {
  it('have a row for each of 32 vectors', () => {
    assert.deepEqual(
      EXCEPTIONS.map((e) => e.vector),
      Array.from({ length: 32 }, (_, i) => i),
    );
    const withCode = EXCEPTIONS.filter((e) => hasErrorCode(e.vector)).map((e) => e.vector);
    assert.deepEqual(withCode, [8, 10, 11, 12, 13, 14, 17, 21]);
  });

  const combined: [number, number, string][] = [
    [Vector.DE, Vector.GP, 'double fault'],
    [Vector.GP, Vector.PF, 'serial'],
    [Vector.PF, Vector.PF, 'double fault'],
    [Vector.PF, Vector.GP, 'double fault'],
    [Vector.PF, Vector.UD, 'serial'],
    [Vector.UD, Vector.GP, 'serial'],
    [Vector.DF, Vector.NP, 'shutdown'],
    [Vector.DF, Vector.PF, 'shutdown'],
    [Vector.BP, Vector.NP, 'serial'],
  ];
  for (const [first, second, what] of combined) {
    it(`${describeVector(first)} then ${describeVector(second)}: ${what}`, () => {
      assert.equal(combineExceptions(first, second), what);
    });
  }

  it('are described', () => {
    assert.equal(describeVector(14), '#PF Page Fault');
    assert.equal(describeVector(0x80), 'vector 0x80');
  });
});

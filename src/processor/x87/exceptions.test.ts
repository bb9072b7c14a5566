import assert from 'node:assert/strict';
import { execute, longMode } from '../modes.testing';
import type { Processor } from '../processor';
import { RegisterStack } from './register-stack';

/** Responses to exceptions that are not masked, by the manual (SDM 1 8.5). */

const RBX = 3;
const AT = 0x9000;
const ONE = 0x3fff8000000000000000n;
const TWO = 0x40008000000000000000n;
const LARGEST = 0x7ffeffffffffffffffffn;
const SMALLEST = 0x00018000000000000000n;
const INFINITY = 0x7fff8000000000000000n;
const SIGNALLING = 0x7fffa000000000000000n;
const DENORMAL = 0x1n;
const INDEFINITE = 0xffffc000000000000000n;
const PENDING = 0x8080;

/** ST(0), ST(1), …; exceptions at these bits are not masked. */
function unit(unmasked: number, ...values: readonly bigint[]): Processor {
  const cpu = longMode();
  const stack = new RegisterStack(cpu.state);
  stack.initialize();
  stack.control = 0x37f & ~unmasked;
  for (const value of [...values].reverse()) stack.push(value);
  cpu.state.setGpr(RBX, BigInt(AT));
  cpu.physical.write64(AT, 0x5555555555555555n);
  return cpu;
}

const flags = (cpu: Processor): number => new RegisterStack(cpu.state).status & 0x80ff;
const top = (cpu: Processor): number => new RegisterStack(cpu.state).top;
const st = (cpu: Processor, n: number): bigint => new RegisterStack(cpu.state).get(n);

describe('x87 exceptions that are not masked', () => {
  it('found before the operation: operands stay, nothing is popped', () => {
    const cases = [
      ['invalid', 0x01, 0x01, [SIGNALLING, ONE]],
      ['denormal', 0x02, 0x02, [DENORMAL, ONE]],
      ['division by zero', 0x04, 0x04, [0n, ONE]],
    ] as const;
    for (const [what, mask, flag, values] of cases) {
      const cpu = unit(mask, ...values);
      execute(cpu, 0xde, 0xf9); // fdivp st1
      assert.equal(flags(cpu), PENDING | flag, what);
      assert.deepEqual([top(cpu), st(cpu, 0), st(cpu, 1)], [6, ...values], what);
    }
  });

  it('overflow: the exponent of the result is 24576 less', () => {
    const cpu = unit(0x08, LARGEST, TWO);
    execute(cpu, 0xde, 0xc9); // fmulp st1
    assert.equal(flags(cpu), PENDING | 0x08);
    assert.equal(st(cpu, 0), 0x1fffffffffffffffffffn);
    assert.equal(top(cpu), 7);
  });

  it('underflow: the exponent of the result is 24576 more, also of an exact one', () => {
    const cpu = unit(0x10, SMALLEST, TWO);
    execute(cpu, 0xd8, 0xf1); // fdiv st0, st1
    assert.equal(flags(cpu), PENDING | 0x10);
    assert.equal(st(cpu, 0), 0x60008000000000000000n);
  });

  it('overflow and underflow of a store: nothing is stored, nothing popped', () => {
    for (const [mask, value] of [
      [0x08, LARGEST],
      [0x10, SMALLEST],
    ] as const) {
      const cpu = unit(mask, value);
      execute(cpu, 0xd9, 0x1b); // fstp dword [rbx]
      assert.equal(flags(cpu), PENDING | mask);
      assert.equal(top(cpu), 7);
      assert.equal(cpu.physical.read64(AT), 0x5555555555555555n);
    }
  });

  it('an inexact result: it is stored and popped', () => {
    const cpu = unit(0x20, 0x3fff8000000000000001n);
    execute(cpu, 0xd9, 0x1b);
    assert.equal(flags(cpu), PENDING | 0x20);
    assert.equal(top(cpu), 0);
    assert.equal(cpu.physical.read32(AT), 0x3f800000);
  });

  it('a stack fault: nothing moves, and C1 tells which', () => {
    const empty = unit(0x01);
    execute(empty, 0xd9, 0xfa); // fsqrt
    assert.equal(new RegisterStack(empty.state).status, PENDING | 0x41);
    const full = unit(0x01, ...Array<bigint>(8).fill(ONE));
    execute(full, 0xd9, 0xe8); // fld1
    assert.equal(new RegisterStack(full.state).status, PENDING | 0x241);
    assert.equal(st(full, 0), ONE);
  });

  it('an invalid comparison: condition codes and flags stay', () => {
    const cpu = unit(0x01, SIGNALLING, ONE);
    execute(cpu, 0xd8, 0xd9); // fcomp st1
    assert.equal(new RegisterStack(cpu.state).status, 0x3000 | PENDING | 0x01);
    const { rflags } = cpu.state;
    const other = unit(0x01, SIGNALLING, ONE);
    execute(other, 0xdb, 0xf1); // fcomi st1
    assert.equal(other.state.rflags, rflags);
  });
});

describe('x87 exceptions that are masked', () => {
  it('an empty register gives the indefinite, a full stack too', () => {
    const empty = unit(0);
    execute(empty, 0xd9, 0xc0); // fld st0
    assert.equal(st(empty, 0), INDEFINITE);
    const full = unit(0, ...Array<bigint>(8).fill(ONE));
    execute(full, 0xd9, 0xee); // fldz
    assert.equal(st(full, 0), INDEFINITE);
    assert.equal(top(full), 7);
  });

  it('an integer that does not fit is the integer indefinite', () => {
    const cpu = unit(0, INFINITY);
    execute(cpu, 0xdb, 0x1b); // fistp dword [rbx]
    assert.equal(cpu.physical.read32(AT), 0x80000000);
    assert.equal(flags(cpu), 0x01);
    assert.equal(top(cpu), 0);
  });
});

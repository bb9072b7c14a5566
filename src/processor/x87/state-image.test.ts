import assert from 'node:assert/strict';
import { CODE, execute, longMode, protectedMode, realMode } from '../modes.testing';
import type { Processor } from '../processor';
import { DS, Units } from '../state/layout';
import { RegisterStack } from './register-stack';

/** FSTENV, FLDENV, FSAVE, FRSTOR in every layout (SDM 1 8.1.10), and what the pointers tell (8.1.8). */

const AT = 0x9000;
const RBX = 3;
const FNSTENV = [0xd9, 0x33];
const FLDENV = [0xd9, 0x23];
const FNSAVE = [0xdd, 0x33];
const FRSTOR = [0xdd, 0x23];
const ONE = 0x3fff8000000000000000n;

/** R6 holds 1.0, R7 a zero; the pointers hold something. */
function prepared(make: () => Processor): Processor {
  const cpu = make();
  const { state } = cpu;
  const stack = new RegisterStack(state);
  stack.initialize();
  stack.push(0n);
  stack.push(ONE);
  state.setSlot(Units.X87_OPCODE, 0x51en);
  state.setSlot(Units.X87_INSTRUCTION, 0x12345678n);
  state.setSlot(Units.X87_CODE_SEGMENT, 0x1bn);
  state.setSlot(Units.X87_DATA, 0x9abcdef0n);
  state.setSlot(Units.X87_DATA_SEGMENT, 0x23n);
  state.setGpr(RBX, BigInt(AT));
  return cpu;
}

/** Real-address mode with segments that begin at 0, as `execute` needs. */
function realAddress(): Processor {
  const cpu = realMode();
  for (const index of [1, DS])
    cpu.state.setSegment(index, { ...cpu.state.segment(index), base: 0n, selector: 0 });
  cpu.updateDerivedState();
  return cpu;
}

const words = (cpu: Processor, count: number): string[] =>
  Array.from({ length: count }, (_, n) => cpu.physical.read16(AT + 2 * n).toString(16));

/** In 16-bit code [BX] is the operand of ModRM 07, and a prefix makes the other size. */
const in16 = (bytes: readonly number[], prefix: readonly number[] = []): number[] => [
  ...prefix,
  bytes[0] ?? 0,
  ((bytes[1] ?? 0) & 0xf8) | 7,
];

describe('images of the x87 state', () => {
  it('have doublewords in protected mode, also in 64-bit mode', () => {
    for (const make of [protectedMode, longMode]) {
      const cpu = prepared(make);
      assert.equal(execute(cpu, ...FNSTENV), 'nothing');
      assert.deepEqual(words(cpu, 14), [
        ...['37f', 'ffff', '3000', 'ffff', '4fff', 'ffff'],
        ...['5678', '1234', '1b', '51e', 'def0', '9abc', '23', 'ffff'],
      ]);
    }
  });

  it('have words with 16-bit operand size', () => {
    const cpu = prepared(protectedMode);
    assert.equal(execute(cpu, 0x66, ...FNSTENV), 'nothing');
    assert.deepEqual(words(cpu, 7), ['37f', '3000', '4fff', '5678', '1b', 'def0', '23']);
  });

  it('have linear addresses in real-address mode', () => {
    const cpu = prepared(realAddress);
    assert.equal(execute(cpu, ...in16(FNSTENV)), 'nothing');
    // 0x12345678 + 0x1b0 and 0x9abcdef0 + 0x230; of their upper halves four bits have room.
    assert.deepEqual(words(cpu, 7), ['37f', '3000', '4fff', '5828', '451e', 'e120', 'c000']);
    const wide = prepared(realAddress);
    assert.equal(execute(wide, ...in16(FNSTENV, [0x66])), 'nothing');
    assert.deepEqual(words(wide, 14).slice(6), [
      ...['5828', '0', '451e', '123', 'e120', '0', 'c000', '9ab'],
    ]);
  });

  it('come back as they went', () => {
    const forms = [
      [protectedMode, FNSTENV, FLDENV],
      [protectedMode, FNSAVE, FRSTOR],
      [longMode, FNSAVE, FRSTOR],
      [protectedMode, [0x66, ...FNSAVE], [0x66, ...FRSTOR]],
    ] as const;
    for (const [make, store, load] of forms) {
      const cpu = prepared(make);
      const before = cpu.state.units.slice();
      execute(cpu, ...store);
      new RegisterStack(cpu.state).control = 0;
      assert.equal(execute(cpu, ...load), 'nothing');
      const narrow = store[0] === 0x66;
      if (narrow) {
        // 16 bits of offsets, and no opcode.
        cpu.state.setSlot(Units.X87_INSTRUCTION, 0x12345678n);
        cpu.state.setSlot(Units.X87_DATA, 0x9abcdef0n);
        cpu.state.setSlot(Units.X87_OPCODE, 0x51en);
      }
      assert.deepEqual(cpu.state.units, before);
    }
  });

  it('leave an initialized unit after FNSAVE, and masked exceptions after FNSTENV', () => {
    const cpu = prepared(protectedMode);
    execute(cpu, ...FNSAVE);
    const stack = new RegisterStack(cpu.state);
    assert.deepEqual([stack.control, stack.status, stack.tags], [0x37f, 0, 0]);
    assert.equal(cpu.state.slot(Units.X87_INSTRUCTION), 0n);
    stack.control = 0x340;
    execute(cpu, ...FNSTENV);
    assert.equal(stack.control, 0x37f);
    assert.equal(cpu.physical.read16(AT), 0x340);
  });

  it('are not stored at all when their last byte faults', () => {
    for (const [bytes, size] of [
      [FNSTENV, 28],
      [FNSAVE, 108],
    ] as const) {
      const cpu = prepared(longMode);
      const end = 0x200000; // the last byte that is mapped lies below it
      cpu.state.setGpr(RBX, BigInt(end - size + 2));
      cpu.physical.writeBytes(end - size, new Uint8Array(size));
      const before = cpu.state.units.slice();
      assert.match(execute(cpu, ...bytes), /^#PF/);
      assert.deepEqual(cpu.state.units, before);
      assert.deepEqual([...cpu.physical.readBytes(end - size, size)], Array(size).fill(0));
    }
  });
});

describe('the pointers of the x87 unit', () => {
  it('tell of the last instruction that was none of control', () => {
    const cpu = prepared(longMode);
    execute(cpu, 0x2e, 0xd8, 0x03); // fadd dword [rbx]
    const { state } = cpu;
    assert.equal(state.slot(Units.X87_OPCODE), 0x003n);
    assert.equal(state.slot(Units.X87_INSTRUCTION), BigInt(CODE));
    assert.equal(state.slot(Units.X87_CODE_SEGMENT), BigInt(state.selector(1)));
    assert.equal(state.slot(Units.X87_DATA), BigInt(AT));
    assert.equal(state.slot(Units.X87_DATA_SEGMENT), BigInt(state.selector(1)));
  });

  it('keep the operand of an earlier instruction, and say nothing of control', () => {
    const cpu = prepared(longMode);
    execute(cpu, 0xdf, 0xe8); // fucomip st0
    const { state } = cpu;
    assert.equal(state.slot(Units.X87_OPCODE), 0x7e8n);
    assert.equal(state.slot(Units.X87_DATA), 0x9abcdef0n);
    execute(cpu, 0xd9, 0x3b); // fnstcw [rbx]
    execute(cpu, 0xd9, 0xf7); // fincstp
    assert.equal(state.slot(Units.X87_OPCODE), 0x7e8n);
  });
});

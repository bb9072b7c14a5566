import { instruction } from '../instruction';
import type { AbstractMachine } from '../abstract-machine';
import { Value } from '../value';

/** SDM 2: BT, BTS, BTR, BTC, BSF, BSR, LZCNT, TZCNT, POPCNT, and the rest of BMI1. */

function bitTest(mnemonic: string, change?: (a: Value, mask: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const target = m.bitOperand(0);
    const { width } = target;
    const a = change ? target.readForUpdate() : target.read();
    const index = m.operand(1).read();
    const bit = m.let(index.resize(width).and(width - 1));
    if (change) target.write(change(a, Value.constant(width, 1).shl(bit)));
    m.flags.setCarry(m.let(a.shr(bit).resize(1)));
  });
}
bitTest('BT');
bitTest('BTS', (a, mask) => a.or(mask));
bitTest('BTR', (a, mask) => a.and(mask.not()));
bitTest('BTC', (a, mask) => a.xor(mask));

/** With a zero source ZF is set and the target keeps its value, as processors do. */
function bitScan(mnemonic: string, find: (source: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const target = m.operand(0);
    const source = m.operand(1).read();
    const zero = m.let(source.eq(0));
    m.if(zero.xor(1), () => {
      target.write(find(source.resize(64)).resize(target.width));
    });
    const none = Value.constant(1, 0);
    m.flags.ofResult(source);
    m.flags.setCarries(none, none, none);
  });
}
bitScan('BSF', (source) => source.ctz());
bitScan('BSR', (source) => source.clz().xor(63));

function countZeros(mnemonic: string, count: (m: AbstractMachine, source: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const target = m.operand(0);
    const source = m.operand(1).read();
    const counted = m.let(count(m, source).resize(target.width));
    target.write(counted);
    const none = Value.constant(1, 0);
    m.flags.ofResult(counted);
    m.flags.setCarries(source.eq(0), none, none);
  });
}
countZeros('LZCNT', (_m, source) =>
  source
    .resize(64)
    .clz()
    .sub(64 - source.width),
);
countZeros('TZCNT', (_m, source) => {
  const { width } = source;
  const stopped = width === 64 ? source : source.resize(64).or(1n << BigInt(width));
  return stopped.ctz();
});

/** BMI1: ANDN, BEXTR, BLSI, BLSMSK, BLSR (SDM 2A). Undefined flags are as after logic. */
function lowestBit(
  mnemonic: string,
  result: (source: Value) => Value,
  carry: (source: Value) => Value,
): void {
  instruction(mnemonic, (m) => {
    const source = m.operand(1).read();
    const found = m.let(result(source));
    const none = Value.constant(1, 0);
    const cf = m.let(carry(source));
    m.operand(0).write(found);
    m.flags.ofResult(found);
    m.flags.setCarries(cf, none, none);
  });
}
lowestBit(
  'BLSI',
  (source) => source.and(source.negate()),
  (source) => source.ne(0),
);
lowestBit(
  'BLSMSK',
  (source) => source.xor(source.sub(1)),
  (source) => source.eq(0),
);
lowestBit(
  'BLSR',
  (source) => source.and(source.sub(1)),
  (source) => source.eq(0),
);

instruction('ANDN', (m) => {
  const result = m.let(m.operand(1).read().not().and(m.operand(2).read()));
  m.operand(0).write(result);
  m.flags.ofLogic(result);
});

instruction('BEXTR', (m) => {
  const target = m.operand(0);
  const source = m.operand(1).read().resize(64);
  const control = m.let(m.operand(2).read().resize(64));
  const start = m.let(control.and(0xff));
  const length = m.let(control.shr(8).and(0xff));
  const zero = Value.constant(64, 0);
  const shifted = start.ltU(64).select(source.shr(start), zero);
  const mask = length.ltU(64).select(Value.constant(64, 1).shl(length).sub(1), zero.not());
  const result = m.let(shifted.and(mask).resize(target.width));
  target.write(result);
  m.flags.ofLogic(result);
});

instruction('POPCNT', (m) => {
  const target = m.operand(0);
  const source = m.operand(1).read();
  target.write(source.popcount());
  // ZF tells a zero source; the other five are cleared (SDM 2B POPCNT).
  m.flags.setStatus(m.let(source.eq(0).resize(64).shl(6)));
});

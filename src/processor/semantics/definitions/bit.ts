import { instruction } from '../instruction';
import type { AbstractMachine } from '../abstract-machine';
import { Value } from '../value';

/** SDM 2: BT, BTS, BTR, BTC, BSF, BSR, LZCNT, TZCNT, POPCNT. */

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

instruction('POPCNT', (m) => {
  const target = m.operand(0);
  const source = m.operand(1).read();
  target.write(source.popcount());
  // ZF tells a zero source; the other five are cleared (SDM 2B POPCNT).
  m.flags.setStatus(m.let(source.eq(0).resize(64).shl(6)));
});

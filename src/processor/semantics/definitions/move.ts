import type { MemoryWidth } from '../expression';
import { CONDITION_CODES } from '../flags';
import { instruction } from '../instruction';
import { Value } from '../value';
import { moveSpecial } from '../../system/move-special';

/** SDM 2: MOV, MOVZX, MOVSX, LEA, XCHG, CMOVcc, SETcc, BSWAP, MOVBE, XLAT and the sign extensions. */

instruction('MOV', (m) => {
  if (m.form.operands.some((o) => o.kind === 'other')) m.slow(moveSpecial);
  else m.operand(0).write(m.operand(1).read());
});

instruction('MOVZX', (m) => {
  const target = m.operand(0);
  target.write(m.operand(1).read().resize(target.width));
});

instruction(['MOVSX', 'MOVSXD'], (m) => {
  const target = m.operand(0);
  target.write(m.operand(1).read().signExtend(target.width));
});

instruction('LEA', (m) => {
  m.operand(0).write(m.effectiveAddress());
});

instruction('XCHG', (m) => {
  const a = m.operand(0);
  const b = m.operand(1);
  const was = a.readForUpdate();
  a.write(b.readForUpdate());
  b.write(was);
});

instruction(
  [
    'NOP',
    'RESERVEDNOP',
    'PREFETCHW',
    'PREFETCH',
    'PREFETCHT0',
    'PREFETCHT1',
    'PREFETCHT2',
    'PREFETCHNTA',
    'LFENCE',
    'MFENCE',
    'SFENCE',
    'ENDBR64',
    'ENDBR32',
    'CLDEMOTE',
    'SERIALIZE',
  ],
  () => undefined,
);

/** There are no caches to write back from: these do no more than a load, which may fault (SDM 2A). */
instruction(['CLFLUSH', 'CLFLUSHOPT', 'CLWB'], (m) => {
  m.operand(0).read();
});

CONDITION_CODES.forEach((suffix, code) => {
  instruction(`CMOV${suffix}`, (m) => {
    const target = m.operand(0);
    const source = m.operand(1).read(); // read, and may fault, whatever the condition
    const old = target.read();
    target.write(m.flags.condition(code).select(source, old));
  });
  instruction(`SET${suffix}`, (m) => {
    m.operand(0).write(m.flags.condition(code).resize(8));
  });
});

instruction('BSWAP', (m) => {
  const target = m.operand(0);
  // With a 16-bit operand the result is undefined; processors give zero.
  target.write(target.width === 16 ? Value.constant(16, 0) : swapBytes(target.read()));
});

instruction('MOVBE', (m) => {
  m.operand(0).write(swapBytes(m.operand(1).read()));
});

function swapBytes(value: Value): Value {
  let swapped = Value.constant(value.width, 0);
  for (let low = 0; low < value.width; low += 8) {
    const byte = value.shr(low).and(0xff);
    swapped = swapped.or(byte.shl(value.width - 8 - low));
  }
  return swapped;
}

instruction('XLATB', (m) => {
  const table = m.register(3, 64).read();
  const offset = m.let(table.add(m.register(0, 8).read().resize(64)).and(m.addressMask()));
  m.register(0, 8).write(m.load('record', offset, 8));
});

/** Doubles the accumulator's sign: into its own upper half, or into (E/R)DX. */
function signIntoItself(mnemonic: string, from: MemoryWidth, to: MemoryWidth): void {
  instruction(mnemonic, (m) => {
    m.register(0, to).write(m.register(0, from).read().signExtend(to));
  });
}
signIntoItself('CBW', 8, 16);
signIntoItself('CWDE', 16, 32);
signIntoItself('CDQE', 32, 64);

function signIntoDx(mnemonic: string, width: MemoryWidth): void {
  instruction(mnemonic, (m) => {
    m.register(2, width).write(
      m
        .register(0, width)
        .read()
        .sar(width - 1),
    );
  });
}
signIntoDx('CWD', 16);
signIntoDx('CDQ', 32);
signIntoDx('CQO', 64);

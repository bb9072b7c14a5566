import type { AbstractMachine } from '../abstract-machine';
import { instruction } from '../instruction';
import { Value } from '../value';

/** BMI2 (SDM 2A to 2D): BZHI, MULX, RORX, SARX, SHLX, SHRX, PDEP, PEXT. But for BZHI no flag changes. */

/** SF and ZF of the result, CF when the index is beyond the operand; OF = 0. */
instruction('BZHI', (m) => {
  const target = m.operand(0);
  const { width } = target;
  const source = m.operand(1).read();
  const index = m.let(m.operand(2).read().and(0xff));
  const none = Value.constant(1, 0);
  const beyond = m.let(index.ltU(width).xor(1));
  const mask = Value.constant(width, 1).shl(index.and(63)).sub(1);
  const result = m.let(beyond.select(source, source.and(mask)));
  target.write(result);
  m.flags.ofResult(result);
  m.flags.setCarries(beyond, none, none);
});

/** The high half is written last: it remains when both destinations are one register. */
instruction('MULX', (m) => {
  const high = m.operand(0);
  const { width } = high;
  const a = m.operand(2).read();
  const b = m.register(2, width).read();
  if (width === 64) {
    m.operand(1).write(a.mul(b));
    high.write(a.mulHighU(b));
  } else {
    const product = m.let(a.resize(64).mul(b.resize(64)));
    m.operand(1).write(product.resize(width));
    high.write(product.shr(width).resize(width));
  }
});

/** A shift by the count in the third operand, modulo the width. */
function shiftWithoutFlags(mnemonic: string, shift: (a: Value, count: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const target = m.operand(0);
    const source = m.operand(1).read();
    const count = m.let(
      m
        .operand(2)
        .read()
        .and(target.width - 1),
    );
    target.write(shift(source, count));
  });
}
shiftWithoutFlags('SARX', (a, count) => a.sar(count));
shiftWithoutFlags('SHLX', (a, count) => a.shl(count));
shiftWithoutFlags('SHRX', (a, count) => a.shr(count));
shiftWithoutFlags('RORX', (a, count) => {
  const rest = count.negate().and(a.width - 1);
  return a.shr(count).or(a.shl(rest));
});

/** Distances that make up every move of a bit within 64. */
const DISTANCES = [1, 2, 4, 8, 16, 32] as const;

/**
 * The bits of a mask move to the low end in six rounds, each by 2^round: for each round, the bits that
 * move in it, where they stand before (H. S. Warren, Hacker's Delight, 7-4: compress).
 */
function movesToLowEnd(m: AbstractMachine, mask: Value): Value[] {
  let left = mask;
  let zerosBelow = m.let(mask.not().shl(1));
  return DISTANCES.map((distance) => {
    let odd = zerosBelow;
    for (const step of DISTANCES) odd = m.let(odd.xor(odd.shl(step)));
    const moving = m.let(odd.and(left));
    left = m.let(left.xor(moving).or(moving.shr(distance)));
    zerosBelow = m.let(zerosBelow.and(odd.not()));
    return moving;
  });
}

instruction('PEXT', (m) => {
  const target = m.operand(0);
  const mask = m.let(m.operand(2).read().resize(64));
  let bits = m.let(m.operand(1).read().resize(64).and(mask));
  movesToLowEnd(m, mask).forEach((moving, round) => {
    const moved = m.let(bits.and(moving));
    bits = m.let(bits.xor(moved).or(moved.shr(DISTANCES[round] ?? 0)));
  });
  target.write(bits.resize(target.width));
});

/** PEXT's rounds, backwards. */
instruction('PDEP', (m) => {
  const target = m.operand(0);
  const mask = m.let(m.operand(2).read().resize(64));
  const moves = movesToLowEnd(m, mask);
  let bits = m.operand(1).read().resize(64);
  for (let round = moves.length - 1; round >= 0; round--) {
    const moving = moves[round] ?? mask;
    const moved = bits.shl(DISTANCES[round] ?? 0);
    bits = m.let(bits.and(moving.not()).or(moved.and(moving)));
  }
  target.write(bits.and(mask).resize(target.width));
});

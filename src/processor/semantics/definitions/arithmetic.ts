import type { AbstractMachine } from '../abstract-machine';
import { instruction } from '../instruction';
import { Value } from '../value';

/** SDM 2: ADD, ADC, SUB, SBB, CMP, INC, DEC, NEG, XADD, CMPXCHG. */

instruction('ADD', (m) => {
  const target = m.operand(0);
  const a = target.readForUpdate();
  const b = m.operand(1).read();
  const sum = m.let(a.add(b));
  target.write(sum); // the last thing that can fault
  m.flags.ofAddition(a, b, sum);
});

instruction('ADC', (m) => {
  const target = m.operand(0);
  const a = target.readForUpdate();
  const b = m.operand(1).read();
  const sum = m.let(a.add(b).add(m.flags.cf().resize(a.width)));
  target.write(sum);
  m.flags.ofAddition(a, b, sum);
});

instruction('SUB', (m) => {
  const target = m.operand(0);
  const a = target.readForUpdate();
  const b = m.operand(1).read();
  const difference = m.let(a.sub(b));
  target.write(difference);
  m.flags.ofSubtraction(a, b, difference);
});

instruction('SBB', (m) => {
  const target = m.operand(0);
  const a = target.readForUpdate();
  const b = m.operand(1).read();
  const difference = m.let(a.sub(b).sub(m.flags.cf().resize(a.width)));
  target.write(difference);
  m.flags.ofSubtraction(a, b, difference);
});

instruction('CMP', (m) => {
  const a = m.operand(0).read();
  const b = m.operand(1).read();
  m.flags.ofSubtraction(a, b, m.let(a.sub(b)));
});

instruction('NEG', (m) => {
  const target = m.operand(0);
  const a = target.readForUpdate();
  const negated = m.let(a.negate());
  target.write(negated);
  m.flags.ofSubtraction(Value.constant(a.width, 0), a, negated);
});

instruction('INC', (m) => {
  stepBy(
    m,
    (a) => a.add(1),
    (result) => result.eq(smallest(result)),
    0x0,
  );
});

instruction('DEC', (m) => {
  stepBy(
    m,
    (a) => a.sub(1),
    (result) => result.eq(smallest(result).sub(1)),
    0xf,
  );
});

/** INC and DEC leave CF alone; the low digit of the result tells whether bit 3 carried. */
function stepBy(
  m: AbstractMachine,
  step: (a: Value) => Value,
  overflow: (result: Value) => Value,
  carriedDigit: number,
): void {
  const target = m.operand(0);
  const result = m.let(step(target.readForUpdate()));
  target.write(result);
  const cf = m.let(m.flags.cf());
  m.flags.ofResult(result);
  m.flags.setCarries(cf, overflow(result), result.and(0xf).eq(carriedDigit));
}

/** The most negative value of a width. */
function smallest(like: Value): Value {
  return Value.constant(like.width, 1n << BigInt(like.width - 1));
}

instruction('XADD', (m) => {
  const target = m.operand(0);
  const source = m.operand(1);
  const a = target.readForUpdate();
  const b = source.read();
  const sum = m.let(a.add(b));
  if (m.shape(0).kind === 'memory') {
    target.write(sum);
    source.write(a);
  } else {
    source.write(a);
    target.write(sum); // the sum remains when both operands are one register
  }
  m.flags.ofAddition(a, b, sum);
});

instruction('CMPXCHG', (m) => {
  const target = m.operand(0);
  const accumulator = m.register(0, target.width);
  const found = target.readForUpdate();
  const expected = accumulator.read();
  const desired = m.operand(1).read();
  const equal = m.let(expected.eq(found));
  if (m.shape(0).kind === 'memory') {
    target.write(equal.select(desired, found)); // memory is written either way (SDM 2A CMPXCHG)
    m.if(equal.xor(1), () => {
      accumulator.write(found);
    });
  } else {
    m.if(
      equal,
      () => {
        target.write(desired);
      },
      () => {
        accumulator.write(found);
      },
    );
  }
  m.flags.ofSubtraction(expected, found, m.let(expected.sub(found)));
});

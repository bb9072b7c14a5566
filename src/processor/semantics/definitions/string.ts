import { ES, State } from '../../state/layout';
import type { AbstractMachine } from '../abstract-machine';
import type { MemoryWidth } from '../expression';
import { instruction } from '../instruction';
import type { Value } from '../value';
import { inputString, outputString } from '../../system/port-instructions';

/**
 * SDM 2: MOVS, CMPS, STOS, LODS, SCAS, alone and repeated. Each round leaves the registers as the
 * architecture has them between rounds, so a fault or an interrupt finds complete state.
 */

const RSI = 6;
const RDI = 7;
const SIZES: readonly (readonly [string, MemoryWidth])[] = [
  ['B', 8],
  ['W', 16],
  ['D', 32],
  ['Q', 64],
];

/** One of rSI and rDI in the instruction's address size. */
class Pointer {
  readonly offset: Value;
  private readonly whole: Value;

  constructor(
    private readonly m: AbstractMachine,
    private readonly index: number,
  ) {
    this.whole = m.register(index, 64).read();
    this.offset = m.let(this.whole.and(m.addressMask()));
  }

  /** Moves on by `width` bits, up or down by DF. With 32-bit addresses the upper half is cleared. */
  advance(width: MemoryWidth): void {
    const mask = this.m.addressMask();
    const down = this.m.readState(State.SYSTEM_FLAGS, 64).bit(10);
    const up = this.offset.add(width / 8);
    const moved = this.m.let(down.select(this.offset.sub(width / 8), up).and(mask));
    this.m.writeAddressRegister(this.index, this.whole, moved, mask);
  }
}

/**
 * Wraps a round into REP, REPE and REPNE. The round gives the condition under which a repetition may
 * go on (with `comparing`), given the ZF it wanted.
 */
function stringInstruction(
  name: string,
  round: (m: AbstractMachine, width: MemoryWidth) => void,
  comparing = false,
): void {
  for (const [suffix, width] of SIZES) {
    instruction(`${name}${suffix}`, (m) => {
      round(m, width);
    });
    instruction(`REP ${name}${suffix}`, (m) => {
      repeated(m, width, round, comparing ? (n) => n.flags.zf() : undefined);
    });
    instruction(`REPNE ${name}${suffix}`, (m) => {
      repeated(m, width, round, comparing ? (n) => n.flags.zf().xor(1) : undefined);
    });
  }
}

function repeated(
  m: AbstractMachine,
  width: MemoryWidth,
  round: (m: AbstractMachine, width: MemoryWidth) => void,
  goesOn: ((m: AbstractMachine) => Value) | undefined,
): void {
  const mask = m.addressMask();
  const count = m.let(m.register(1, 64).read().and(mask));
  m.if(count.ne(0), () => {
    m.repeat(() => {
      round(m, width);
      const left = m.let(m.register(1, 64).read().sub(1).and(mask));
      m.writeCounter(left, mask);
      const more = left.ne(0);
      return goesOn ? more.and(goesOn(m)) : more;
    });
  });
}

stringInstruction('MOVS', (m, width) => {
  const source = new Pointer(m, RSI);
  const target = new Pointer(m, RDI);
  m.store(ES, target.offset, m.load('record', source.offset, width));
  source.advance(width);
  target.advance(width);
});

stringInstruction('STOS', (m, width) => {
  const target = new Pointer(m, RDI);
  m.store(ES, target.offset, m.register(0, width).read());
  target.advance(width);
});

stringInstruction('LODS', (m, width) => {
  const source = new Pointer(m, RSI);
  m.register(0, width).write(m.load('record', source.offset, width));
  source.advance(width);
});

stringInstruction(
  'SCAS',
  (m, width) => {
    const target = new Pointer(m, RDI);
    const a = m.register(0, width).read();
    const b = m.load(ES, target.offset, width);
    target.advance(width);
    m.flags.ofSubtraction(a, b, m.let(a.sub(b)));
  },
  true,
);

stringInstruction(
  'CMPS',
  (m, width) => {
    const source = new Pointer(m, RSI);
    const target = new Pointer(m, RDI);
    const a = m.load('record', source.offset, width);
    const b = m.load(ES, target.offset, width);
    source.advance(width);
    target.advance(width);
    m.flags.ofSubtraction(a, b, m.let(a.sub(b)));
  },
  true,
);

for (const suffix of ['B', 'W', 'D']) {
  for (const prefix of ['', 'REP ', 'REPNE ']) {
    instruction(`${prefix}INS${suffix}`, (m) => {
      m.slow(inputString);
    });
    instruction(`${prefix}OUTS${suffix}`, (m) => {
      m.slow(outputString);
    });
  }
}

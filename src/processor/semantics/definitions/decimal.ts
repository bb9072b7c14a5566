import { Raised } from '../../reasons/arithmetic';
import type { AbstractMachine } from '../abstract-machine';
import { instruction } from '../instruction';
import { Value } from '../value';

/** SDM 2: AAA, AAS, AAM, AAD, DAA, DAS: decimal adjustment, outside 64-bit mode. */

const NO = Value.constant(1, 0);

function adjustUnpacked(mnemonic: string, apply: (ax: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const ax = m.register(0, 16).read();
    const adjust = m.let(ax.and(0xf).leU(9).xor(1).or(m.flags.af()));
    const result = m.let(adjust.select(apply(ax), ax).and(0xff0f));
    m.register(0, 16).write(result);
    m.flags.ofResult(result.resize(8));
    m.flags.setCarries(adjust, NO, adjust);
  });
}
adjustUnpacked('AAA', (ax) => ax.add(0x106));
adjustUnpacked('AAS', (ax) => ax.sub(0x106));

instruction('AAM', (m) => {
  const base = m.let(m.immediate(8));
  const al = m.register(0, 8).read();
  m.if(base.eq(0), () => {
    m.raise(Raised.DIVIDE_BY_ZERO);
  });
  const low = m.let(al.remU(base));
  m.register(0, 16).write(al.divU(base).resize(16).shl(8).or(low.resize(16)));
  m.flags.ofLogic(low);
});

instruction('AAD', (m) => {
  const al = m.register(0, 8).read();
  const ah = m.highByteOfRax().read();
  const result = m.let(al.add(ah.mul(m.immediate(8))));
  m.register(0, 16).write(result.resize(16));
  m.flags.ofLogic(result);
});

function adjustPacked(mnemonic: string, apply: (al: Value, by: Value) => Value): void {
  instruction(mnemonic, (m) => {
    const al = m.register(0, 8).read();
    const low = m.let(al.and(0xf).leU(9).xor(1).or(m.flags.af()));
    const high = m.let(al.leU(0x99).xor(1).or(m.flags.cf()));
    // Only DAS carries out of its low adjustment without the high one.
    const carry = m.let(mnemonic === 'DAS' ? high.or(low.and(al.ltU(6))) : high);
    const by = low
      .select(Value.constant(8, 6), Value.constant(8, 0))
      .or(high.select(Value.constant(8, 0x60), Value.constant(8, 0)));
    const result = m.let(apply(al, by));
    finish(m, result, carry, low);
  });
}
adjustPacked('DAA', (al, by) => al.add(by));
adjustPacked('DAS', (al, by) => al.sub(by));

function finish(m: AbstractMachine, result: Value, carry: Value, low: Value): void {
  m.register(0, 8).write(result);
  m.flags.ofResult(result);
  m.flags.setCarries(carry, NO, low);
}

import { instruction } from '../../instruction';
import type { Value } from '../../value';
import { Vector } from '../../vector';
import { readHalves } from '../../vector-operands';
import { inUnit, LANES, packed } from './packed';

/** SDM 2: bitwise operations, comparisons and tests of vectors. */

for (const suffix of ['PS', 'PD']) {
  packed(`AND${suffix}`, (a, b) => a.and(b));
  packed(`ANDN${suffix}`, (a, b) => b.andNot(a));
  packed(`OR${suffix}`, (a, b) => a.or(b));
  packed(`XOR${suffix}`, (a, b) => a.xor(b));
}
packed('PAND', (a, b) => a.and(b));
packed('PANDN', (a, b) => b.andNot(a));
packed('POR', (a, b) => a.or(b));
packed('PXOR', (a, b) => a.xor(b));

for (const [letter, lane] of Object.entries(LANES)) {
  packed(`PCMPEQ${letter}`, (a, b) => a.eq(lane, b));
  packed(`PCMPGT${letter}`, (a, b) => a.gtS(lane, b));
}

/**
 * PTEST, VTESTPS, VTESTPD: ZF tells that no bit is set in both, CF that none is set in the second alone;
 * only bits of the mask count.
 */
function test(mnemonics: readonly string[], mask: Vector): void {
  instruction(mnemonics, (m) => {
    inUnit(m, () => {
      const b = readHalves(m, 1);
      const a = readHalves(m, 0);
      const union = (halves: readonly Vector[]): Value =>
        halves
          .reduce((all, half) => all.or(half))
          .and(mask)
          .any();
      const both = union(a.map((v, n) => v.and(b[n] ?? v)));
      const second = union(a.map((v, n) => (b[n] ?? v).andNot(v)));
      const zero = both.xor(1).resize(64).shl(6);
      m.flags.setStatus(m.let(zero.or(second.xor(1).resize(64))));
      return () => undefined;
    });
  });
}
test(['PTEST', 'VPTEST'], Vector.ONES);
test(['VTESTPS'], Vector.lanes(32, ...Array<number>(4).fill(0x80000000)));
test(['VTESTPD'], Vector.lanes(64, 1n << 63n, 1n << 63n));

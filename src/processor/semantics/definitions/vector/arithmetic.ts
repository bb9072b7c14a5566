import type { LaneWidth } from '../../../wasm/simd';
import { Vector } from '../../vector';
import { LANES, packed, packedUnary, type Operation } from './packed';

/** SDM 2B: integer arithmetic on packed lanes. */

for (const [letter, lane] of Object.entries(LANES)) {
  packed(`PADD${letter}`, (a, b) => a.add(lane, b));
  packed(`PSUB${letter}`, (a, b) => a.sub(lane, b));
}

for (const [letter, lane] of [
  ['B', 8],
  ['W', 16],
] as const) {
  packed(`PADDS${letter}`, (a, b) => a.addSatS(lane, b));
  packed(`PADDUS${letter}`, (a, b) => a.addSatU(lane, b));
  packed(`PSUBS${letter}`, (a, b) => a.subSatS(lane, b));
  packed(`PSUBUS${letter}`, (a, b) => a.subSatU(lane, b));
  packed(`PAVG${letter}`, (a, b) => a.averageU(lane, b));
}

for (const [letter, lane] of [
  ['B', 8],
  ['W', 16],
  ['D', 32],
] as const) {
  packed(`PMINS${letter}`, (a, b) => a.minS(lane, b));
  packed(`PMINU${letter}`, (a, b) => a.minU(lane, b));
  packed(`PMAXS${letter}`, (a, b) => a.maxS(lane, b));
  packed(`PMAXU${letter}`, (a, b) => a.maxU(lane, b));
  packedUnary(`PABS${letter}`, (a) => a.abs(lane));
  packed(`PSIGN${letter}`, signed(lane));
}

/** PSIGN: negated where the second source is negative, 0 where it is 0. */
function signed(lane: LaneWidth): Operation {
  return (a, b) => {
    const negative = b.shrS(lane, lane - 1);
    const turned = a.xor(negative).sub(lane, negative);
    return turned.andNot(b.eq(lane, Vector.ZERO));
  };
}

packed('PMULLW', (a, b) => a.mul(16, b));
packed('PMULLD', (a, b) => a.mul(32, b));

/** The odd 16-bit lanes of two vectors: the upper halves of eight products. */
const upperHalves = (low: Vector, high: Vector): Vector =>
  low.shuffleLanes(16, [1, 3, 5, 7, 9, 11, 13, 15], high);
const lowerHalves = (low: Vector, high: Vector): Vector =>
  low.shuffleLanes(16, [0, 2, 4, 6, 8, 10, 12, 14], high);

packed('PMULHW', (a, b) => upperHalves(a.mulLowS(16, b), a.mulHighS(16, b)));
packed('PMULHUW', (a, b) => upperHalves(a.mulLowU(16, b), a.mulHighU(16, b)));

/** PMULHRSW: bits 30:15 of the products, rounded. */
packed('PMULHRSW', (a, b) => {
  const one = Vector.lanes(32, 1, 1, 1, 1);
  const round = (product: Vector): Vector => product.shrS(32, 14).add(32, one).shrS(32, 1);
  return lowerHalves(round(a.mulLowS(16, b)), round(a.mulHighS(16, b)));
});

const evenLanes = (a: Vector): Vector => a.shuffleLanes(32, [0, 2, 0, 2]);
packed(
  'PMULUDQ',
  (a, b) => evenLanes(a).mulLowU(32, evenLanes(b)),
  (a, b) => a.mulLowU(32, b),
);
packed('PMULDQ', (a, b) => evenLanes(a).mulLowS(32, evenLanes(b)));

packed('PMADDWD', (a, b) => a.dotS(16, b));

/** PMADDUBSW: unsigned bytes of the first by signed bytes of the second, neighbours added with saturation. */
packed('PMADDUBSW', (a, b) => {
  const low = Vector.lanes(16, ...Array<number>(8).fill(0xff));
  const even = a.and(low).mul(16, b.shl(16, 8).shrS(16, 8));
  const odd = a.shrU(16, 8).mul(16, b.shrS(16, 8));
  return even.addSatS(16, odd);
});

/** PSADBW: the sum of eight absolute differences in each 64 bits. */
packed('PSADBW', (a, b) => {
  const difference = a.maxU(8, b).sub(8, a.minU(8, b));
  const quarters = difference.addPairsU(8).addPairsU(16);
  const low = Vector.lanes(64, 0xffffffff, 0xffffffff);
  return quarters.and(low).add(64, quarters.shrU(64, 32));
});

/**
 * PHADD and PHSUB: results of the first source's neighbours, then the second's.
 *
 * @param lane of what is combined
 */
function horizontal(mnemonic: string, lane: 16 | 32, combine: Operation): void {
  const count = 256 / lane;
  const even = Array.from({ length: count / 2 }, (_, n) => 2 * n);
  const odd = even.map((n) => n + 1);
  const operation: Operation = (a, b, m, half) =>
    combine(a.shuffleLanes(lane, even, b), a.shuffleLanes(lane, odd, b), m, half);
  // In MMX registers the second source's results follow those of the lower 64 bits.
  packed(mnemonic, operation, (a, b, m, half) =>
    operation(a, b, m, half).shuffleLanes(32, [0, 2, 0, 2]),
  );
}
horizontal('PHADDW', 16, (a, b) => a.add(16, b));
horizontal('PHADDD', 32, (a, b) => a.add(32, b));
horizontal('PHADDSW', 16, (a, b) => a.addSatS(16, b));
horizontal('PHSUBW', 16, (a, b) => a.sub(16, b));
horizontal('PHSUBD', 32, (a, b) => a.sub(32, b));
horizontal('PHSUBSW', 16, (a, b) => a.subSatS(16, b));

import type { LaneWidth } from '../../../wasm/simd';
import { instruction } from '../../instruction';
import type { Vector } from '../../vector';
import { readVector, writeHalves } from '../../vector-operands';
import { inUnit, packed, type Operation } from './packed';

/** SDM 2B: PACK, PUNPCK, UNPCK, PMOVSX and PMOVZX: lanes made narrower, wider, and mixed. */

/** In MMX registers what comes of the second source follows the first's 32 bits. */
const joined = (a: Vector): Vector => a.shuffleLanes(32, [0, 2, 0, 2]);

function pack(mnemonic: string, operation: Operation): void {
  packed(mnemonic, operation, (a, b, m, half) => joined(operation(a, b, m, half)));
}
pack('PACKSSWB', (a, b) => a.narrowS(16, b));
pack('PACKSSDW', (a, b) => a.narrowS(32, b));
pack('PACKUSWB', (a, b) => a.narrowU(16, b));
pack('PACKUSDW', (a, b) => a.narrowU(32, b));

/** Lanes of both by turns, from the lane numbered `first` on. */
function mixed(lane: LaneWidth, first: number): Operation {
  const count = 128 / lane;
  const indices = Array.from({ length: count }, (_, n) =>
    n % 2 === 0 ? first + n / 2 : count + first + (n - 1) / 2,
  );
  return (a, b) => a.shuffleLanes(lane, indices, b);
}

for (const [suffix, lane] of [
  ['BW', 8],
  ['WD', 16],
  ['DQ', 32],
  ['QDQ', 64],
] as const) {
  packed(`PUNPCKL${suffix}`, mixed(lane, 0));
  packed(`PUNPCKH${suffix}`, mixed(lane, 64 / lane), mixed(lane, 32 / lane));
}
packed('UNPCKLPS', mixed(32, 0));
packed('UNPCKHPS', mixed(32, 2));
packed('UNPCKLPD', mixed(64, 0));
packed('UNPCKHPD', mixed(64, 1));

/** PMOVSX and PMOVZX: the lowest lanes of the source, made wider step by step. */
function extend(suffix: string, from: 8 | 16 | 32, to: 16 | 32 | 64): void {
  for (const kind of ['S', 'Z'] as const) {
    const sign = kind === 'S' ? 'S' : 'U';
    const mnemonic = `PMOV${kind}X${suffix}`;
    instruction([mnemonic, `V${mnemonic}`], (m) => {
      inUnit(m, () => {
        let wide = readVector(m, 1, false);
        let lane: LaneWidth = from;
        for (; lane < to / 2; lane = (2 * lane) as LaneWidth) wide = wide[`extendLow${sign}`](lane);
        const target = m.shape(0);
        const low = m.letVector(wide[`extendLow${sign}`](lane));
        const high = m.letVector(wide[`extendHigh${sign}`](lane));
        const both = target.kind === 'vector' && target.width === 256;
        return () => {
          writeHalves(m, 0, both ? [low, high] : [low]);
        };
      });
    });
  }
}
extend('BW', 8, 16);
extend('BD', 8, 32);
extend('BQ', 8, 64);
extend('WD', 16, 32);
extend('WQ', 16, 64);
extend('DQ', 32, 64);

import type { LaneWidth } from '../../../wasm/simd';
import type { AbstractMachine } from '../../abstract-machine';
import { instruction } from '../../instruction';
import type { Value } from '../../value';
import { Vector } from '../../vector';
import { readHalves, readVector, requireUnit, writeHalves } from '../../vector-operands';
import { packed, packedUnary, type Operation } from './packed';

/** SDM 2: lanes put in another order, by an immediate or by another vector. */

const same = (lane: LaneWidth, value: number | bigint): Vector =>
  Vector.lanes(lane, ...Array<number | bigint>(128 / lane).fill(value));

/** The numbers of bytes of lanes of 32 bits whose numbers stand in lanes of 32 bits. */
const bytesOf32 = (lanes: Vector): Vector =>
  lanes.mul(32, same(32, 0x04040404)).add(32, same(32, 0x03020100));
const bytesOf16 = (lanes: Vector): Vector =>
  lanes.mul(16, same(16, 0x0202)).add(16, same(16, 0x0100));
const bytesOf64 = (lanes: Vector): Vector =>
  lanes.mul(64, same(64, 0x0808080808080808n)).add(64, same(64, 0x0706050403020100n));

const immediate = (m: AbstractMachine, width: LaneWidth): Value => m.immediate(8).resize(width);

/** The four fields of two bits of the immediate, one in each lane of 32 bits. */
function fields32(m: AbstractMachine): Vector {
  const spread = Vector.splat(immediate(m, 32)).mul(32, Vector.lanes(32, 64, 16, 4, 1));
  return spread.shrU(32, 6).and(same(32, 3));
}

/** The same in the lower and in the upper four lanes of 16 bits. */
function fields16(m: AbstractMachine): Vector {
  const places = Vector.lanes(16, 64, 16, 4, 1, 64, 16, 4, 1);
  return Vector.splat(immediate(m, 16)).mul(16, places).shrU(16, 6).and(same(16, 3));
}

const UPPER = Vector.lanes(64, 0, -1n);
const words = (m: AbstractMachine, a: Vector): Vector => a.swizzle(bytesOf16(fields16(m)));

packedUnary('PSHUFD', (a, m) => a.swizzle(bytesOf32(fields32(m))));
packedUnary('PSHUFLW', (a, m) => a.where(UPPER, words(m, a)));
packedUnary('PSHUFHW', (a, m) => {
  const four = Vector.lanes(16, 4, 4, 4, 4, 4, 4, 4, 4);
  return a.swizzle(bytesOf16(fields16(m).add(16, four))).where(UPPER, a);
});
packedUnary('PSHUFW', (a, m) => words(m, a));

/** PSHUFB: bit 7 of an index asks for 0; other bits above its number do not count. */
const shuffleBytes =
  (numbers: number): Operation =>
  (a, b) =>
    a.swizzle(b.and(same(8, 0x80 | numbers)));
packed('PSHUFB', shuffleBytes(15), shuffleBytes(7));

packed('SHUFPS', (a, b, m) => {
  const bytes = m.letVector(bytesOf32(fields32(m)));
  return a.swizzle(bytes).shuffleLanes(64, [0, 3], b.swizzle(bytes));
});

/** Bits of the immediate, from `first` on, as numbers of lanes of 64 bits. */
function bits64(m: AbstractMachine, first: number): Vector {
  const imm = immediate(m, 64);
  return Vector.of(imm.shr(first).and(1)).replace(1, imm.shr(first + 1).and(1));
}
packed('SHUFPD', (a, b, m, half) => {
  const bytes = m.letVector(bytesOf64(bits64(m, 2 * half)));
  return a.swizzle(bytes).shuffleLanes(64, [0, 3], b.swizzle(bytes));
});

const IOTA = Vector.lanes(8, ...Array.from({ length: 16 }, (_, n) => n));

/** PALIGNR: bytes of the first source above the second's, from the one that the immediate names. */
packed(
  'PALIGNR',
  (a, b, m) => {
    const from = m.letVector(IOTA.addSatU(8, Vector.splat(m.immediate(8))));
    return b.swizzle(from).or(a.swizzle(from.sub(8, same(8, 16))));
  },
  (a, b, m) => {
    const from = IOTA.addSatU(8, Vector.splat(m.immediate(8)));
    return b.shuffleLanes(64, [0, 2], a).swizzle(from);
  },
);

/** VPERMILPS and VPERMILPD: within each 128 bits, by an immediate or by the lanes of a vector. */
instruction('VPERMILPS', (m) => {
  permute(m, (a, control) => {
    const lanes = control ? control.and(same(32, 3)) : fields32(m);
    return a.swizzle(bytesOf32(lanes));
  });
});
instruction('VPERMILPD', (m) => {
  permute(m, (a, control, half) => {
    const lanes = control ? control.shrU(64, 1).and(same(64, 1)) : bits64(m, 2 * half);
    return a.swizzle(bytesOf64(lanes));
  });
});

function permute(
  m: AbstractMachine,
  operation: (a: Vector, control: Vector | undefined, half: number) => Vector,
): void {
  requireUnit(m, 'AVX');
  const controls = m.shape(2).kind === 'immediate' ? undefined : readHalves(m, 2);
  const halves = readHalves(m, 1).map((a, half) =>
    m.letVector(operation(a, controls?.[half], half)),
  );
  writeHalves(m, 0, halves);
}

/** The bytes of 256 bits by numbers from 0 to 31. */
const across = (
  [low = Vector.ZERO, high = Vector.ZERO]: readonly Vector[],
  bytes: Vector,
): Vector => low.swizzle(bytes).or(high.swizzle(bytes.sub(8, same(8, 16))));

/** VPERMD and VPERMPS: eight lanes by the numbers in the first source. */
instruction(['VPERMD', 'VPERMPS'], (m) => {
  requireUnit(m, 'AVX');
  const source = readHalves(m, 2);
  const results = readHalves(m, 1).map((control) =>
    m.letVector(across(source, m.letVector(bytesOf32(control.and(same(32, 7)))))),
  );
  writeHalves(m, 0, results);
});

/** VPERMQ and VPERMPD: four lanes by the immediate. */
instruction(['VPERMQ', 'VPERMPD'], (m) => {
  requireUnit(m, 'AVX');
  const source = readHalves(m, 1);
  const field = (n: number): Value =>
    immediate(m, 64)
      .shr(2 * n)
      .and(3);
  const results = [0, 2].map((n) => {
    const lanes = Vector.of(field(n)).replace(1, field(n + 1));
    return m.letVector(across(source, m.letVector(bytesOf64(lanes))));
  });
  writeHalves(m, 0, results);
});

/** VPERM2F128 and VPERM2I128: each half is one of four, or 0. */
instruction(['VPERM2F128', 'VPERM2I128'], (m) => {
  requireUnit(m, 'AVX');
  const second = readHalves(m, 2);
  const all = [...readHalves(m, 1), ...second];
  const [a0 = Vector.ZERO, a1 = Vector.ZERO, b0 = Vector.ZERO, b1 = Vector.ZERO] = all;
  const results = [0, 4].map((first) => {
    const bit = (n: number): Value => m.immediate(8).bit(first + n);
    const a = Vector.select(bit(0), a1, a0);
    const b = Vector.select(bit(0), b1, b0);
    return m.letVector(Vector.select(bit(3), Vector.ZERO, Vector.select(bit(1), b, a)));
  });
  writeHalves(m, 0, results);
});

instruction(['VINSERTF128', 'VINSERTI128'], (m) => {
  requireUnit(m, 'AVX');
  const inserted = readVector(m, 2);
  const [low = inserted, high = inserted] = readHalves(m, 1);
  const upper = m.let(m.immediate(8).bit(0));
  const results = [Vector.select(upper, low, inserted), Vector.select(upper, inserted, high)];
  writeHalves(
    m,
    0,
    results.map((half) => m.letVector(half)),
  );
});

instruction(['VEXTRACTF128', 'VEXTRACTI128'], (m) => {
  requireUnit(m, 'AVX');
  const [low = Vector.ZERO, high = low] = readHalves(m, 1);
  writeHalves(m, 0, [m.letVector(Vector.select(m.immediate(8).bit(0), high, low))]);
});

/** The lowest lane of the source in all lanes of the target. */
function broadcast(mnemonics: readonly string[], lane: LaneWidth | 128): void {
  instruction(mnemonics, (m) => {
    requireUnit(m, 'AVX');
    const source = readVector(m, 1);
    const result = m.letVector(lane === 128 ? source : Vector.splat(source.extract(lane, 0)));
    const target = m.shape(0);
    const both = target.kind === 'vector' && target.width === 256;
    writeHalves(m, 0, both ? [result, result] : [result]);
  });
}
broadcast(['VPBROADCASTB'], 8);
broadcast(['VPBROADCASTW'], 16);
broadcast(['VPBROADCASTD', 'VBROADCASTSS'], 32);
broadcast(['VPBROADCASTQ', 'VBROADCASTSD'], 64);
broadcast(['VBROADCASTF128', 'VBROADCASTI128'], 128);

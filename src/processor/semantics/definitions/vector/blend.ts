import type { LaneWidth } from '../../../wasm/simd';
import { vectorSlot } from '../../../state/layout';
import type { AbstractMachine } from '../../abstract-machine';
import { instruction } from '../../instruction';
import type { Value } from '../../value';
import { Vector } from '../../vector';
import {
  encodingOf,
  readHalves,
  readVector,
  requireUnit,
  writeHalves,
} from '../../vector-operands';
import { inUnit, packed, sources } from './packed';

/** SDM 2: lanes chosen from two vectors, put in and taken out. */

const iota = (lane: LaneWidth): Vector =>
  Vector.lanes(lane, ...Array.from({ length: 128 / lane }, (_, n) => n));

/** All ones in the lanes whose bits of `bits` are set, bit 0 for the lowest. */
function lanesOfBits(lane: LaneWidth, bits: Value): Vector {
  const places = Vector.lanes(lane, ...Array.from({ length: 128 / lane }, (_, n) => 1 << n));
  return Vector.splat(bits.resize(lane)).and(places).eq(lane, places);
}

/** @param step bits of the immediate that 128 bits take: those of YMM's upper half follow them */
function blend(mnemonic: string, lane: 16 | 32 | 64, step: number): void {
  packed(mnemonic, (a, b, m, half) =>
    b.where(lanesOfBits(lane, m.immediate(8).shr(step * half)), a),
  );
}
blend('PBLENDW', 16, 0);
blend('BLENDPS', 32, 4);
blend('BLENDPD', 64, 2);
blend('PBLENDD', 32, 4);

/** By the signs of the lanes of XMM0, or with a VEX prefix of the fourth operand. */
function blendBySigns(mnemonic: string, lane: 8 | 32 | 64): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const [first, second] = sources(m);
      const b = readHalves(m, second);
      const a = readHalves(m, first);
      const masks = encodingOf(m) === 'VEX' ? readHalves(m, 3) : [readXmm0(m)];
      const results = a.map((v, n) =>
        m.letVector((b[n] ?? v).where((masks[n] ?? v).shrS(lane, lane - 1), v)),
      );
      return () => {
        writeHalves(m, 0, results);
      };
    });
  });
}
blendBySigns('PBLENDVB', 8);
blendBySigns('BLENDVPS', 32);
blendBySigns('BLENDVPD', 64);

function readXmm0(m: AbstractMachine): Vector {
  const id = m.local();
  m.tell({ do: 'readVector', id, slot: { kind: 'state', address: vectorSlot(0) }, offset: 0 });
  return new Vector({ op: 'local', width: 128, id });
}

/** PINSR: a value into the lane that the immediate names. */
function insert(mnemonic: string, lane: LaneWidth): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const [first, second] = sources(m);
      const value = m.operand(second).read().resize(lane);
      const mmx = isMmx(m, 0);
      const index = m.immediate(8).and((mmx ? 64 : 128) / lane - 1);
      const chosen = iota(lane).eq(lane, Vector.splat(index.resize(lane)));
      const [a = Vector.ZERO] = readHalves(m, first);
      const result = m.letVector(Vector.splat(value).where(chosen, a));
      return () => {
        writeHalves(m, 0, [result]);
      };
    });
  });
}
insert('PINSRB', 8);
insert('PINSRW', 16);
insert('PINSRD', 32);
insert('PINSRQ', 64);

const isMmx = (m: AbstractMachine, index: number): boolean => {
  const shape = m.shape(index);
  return shape.kind === 'vector' && shape.width === 64;
};

/** The lane that the value names, in the lowest. */
function chosenLane(a: Vector, lane: LaneWidth, index: Value): Value {
  const first = index.resize(8).mul(lane / 8);
  return a.swizzle(iota(8).add(8, Vector.splat(first))).extract(lane, 0);
}

/** PEXTR and EXTRACTPS: the lane that the immediate names, with zeros above. */
function extract(mnemonic: string, lane: LaneWidth): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const index = m.immediate(8).and((isMmx(m, 1) ? 64 : 128) / lane - 1);
      const target = m.operand(0);
      const value = m.let(chosenLane(readVector(m, 1), lane, index).resize(target.width));
      return () => {
        target.write(value);
      };
    });
  });
}
extract('PEXTRB', 8);
extract('PEXTRW', 16);
extract('PEXTRD', 32);
extract('PEXTRQ', 64);
extract('EXTRACTPS', 32);

/** INSERTPS: a lane of the source into one of the target, and zeros where the immediate asks for them. */
instruction(['INSERTPS', 'VINSERTPS'], (m) => {
  requireUnit(m, encodingOf(m) === 'VEX' ? 'AVX' : 'SSE');
  const [first, second] = sources(m);
  const imm = m.immediate(8);
  const source = readVector(m, second);
  const inMemory = m.shape(second).kind === 'memory';
  const value = inMemory ? source.extract(32, 0) : chosenLane(source, 32, imm.shr(6));
  const place = iota(32).eq(32, Vector.splat(imm.shr(4).and(3).resize(32)));
  const inserted = Vector.splat(m.let(value)).where(place, readVector(m, first));
  writeHalves(m, 0, [m.letVector(inserted.andNot(lanesOfBits(32, imm)))]);
});

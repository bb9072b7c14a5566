import type { LaneWidth, VectorShift } from '../../../wasm/simd';
import type { AbstractMachine } from '../../abstract-machine';
import { instruction } from '../../instruction';
import { Value } from '../../value';
import { Vector } from '../../vector';
import { encodingOf, readHalves, readVector, writeHalves } from '../../vector-operands';
import { inUnit, packed, type Operation } from './packed';

/** SDM 2B: shifts of packed lanes, by one count or each by its own, and of whole vectors by bytes. */

/** An immediate, or the lower 64 bits of a register or of memory. */
function countOperand(m: AbstractMachine, index: number): Value {
  const shape = m.shape(index);
  if (shape.kind === 'immediate') return m.let(m.immediate(8).resize(64));
  return m.let(readVector(m, index).extract(64, 0));
}

/** A count at or above the lane's width leaves zeros, or copies of the sign. */
function shifted(a: Vector, shift: VectorShift, lane: LaneWidth, count: Value): Vector {
  const within = count.ltU(lane);
  if (shift === 'shrS') return a.shrS(lane, within.select(count, Value.constant(64, lane - 1)));
  return Vector.select(within, a[shift](lane, count), Vector.ZERO);
}

function shift(mnemonic: string, kind: VectorShift, lane: LaneWidth): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const source = encodingOf(m) === 'VEX' ? 1 : 0;
      const count = countOperand(m, source + 1);
      const results = readHalves(m, source).map((a) => m.letVector(shifted(a, kind, lane, count)));
      return () => {
        writeHalves(m, 0, results);
      };
    });
  });
}
shift('PSLLW', 'shl', 16);
shift('PSLLD', 'shl', 32);
shift('PSLLQ', 'shl', 64);
shift('PSRLW', 'shrU', 16);
shift('PSRLD', 'shrU', 32);
shift('PSRLQ', 'shrU', 64);
shift('PSRAW', 'shrS', 16);
shift('PSRAD', 'shrS', 32);

/** The numbers of the bytes, from which those of other places are computed. */
const IOTA = Vector.lanes(8, ...Array.from({ length: 16 }, (_, n) => n));

function shiftBytes(mnemonic: string, from: (count: Vector) => Vector): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const source = encodingOf(m) === 'VEX' ? 1 : 0;
      const imm = m.immediate(8);
      const count = m.let(imm.ltU(16).select(imm, Value.constant(8, 16)));
      const bytes = m.letVector(from(Vector.splat(count)));
      const results = readHalves(m, source).map((a) => m.letVector(a.swizzle(bytes)));
      return () => {
        writeHalves(m, 0, results);
      };
    });
  });
}
shiftBytes('PSLLDQ', (count) => IOTA.sub(8, count));
shiftBytes('PSRLDQ', (count) => IOTA.add(8, count));

/** AVX2: each lane by the count in the second source's lane. */
function shiftEach(mnemonic: string, kind: VectorShift, lane: 32 | 64): void {
  const operation: Operation = (a, b) => {
    let result = Vector.ZERO;
    for (let n = 0; n < 128 / lane; n++) {
      result = result.replace(n, shiftedValue(a.extract(lane, n), kind, b.extract(lane, n)));
    }
    return result;
  };
  packed(mnemonic.slice(1), operation);
}

function shiftedValue(a: Value, kind: VectorShift, count: Value): Value {
  const { width } = a;
  const within = count.ltU(width);
  if (kind === 'shrS') return a.sar(within.select(count, Value.constant(width, width - 1)));
  const kept = within.select(count, Value.constant(width, 0));
  const zero = Value.constant(width, 0);
  return within.select(kind === 'shl' ? a.shl(kept) : a.shr(kept), zero);
}
shiftEach('VPSLLVD', 'shl', 32);
shiftEach('VPSLLVQ', 'shl', 64);
shiftEach('VPSRLVD', 'shrU', 32);
shiftEach('VPSRLVQ', 'shrU', 64);
shiftEach('VPSRAVD', 'shrS', 32);

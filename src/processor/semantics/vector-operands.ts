import { unitUnavailable, type Unit } from '../system/unit-available';
import { State, UnitBit, Units } from '../state/layout';
import type { AbstractMachine } from './abstract-machine';
import type { VectorPlace } from './expression';
import { Value } from './value';
import { Vector } from './vector';

/**
 * How vector instructions meet their operands. A value is a list of halves of 128 bits: one, or two for a
 * YMM register. An MMX register is the lower half of the only one.
 */
export type Halves = readonly Vector[];

/** What an encoding does beyond its operation (SDM 2A 2.3; 1 14.1.4). */
export type Encoding = 'legacy' | 'VEX';

export function encodingOf(m: AbstractMachine): Encoding {
  return m.form.mnemonic.startsWith('V') ? 'VEX' : 'legacy';
}

/** Raises #UD or #NM while the operating system has not made the unit available, and #MF of MMX. */
export function requireUnit(m: AbstractMachine, unit: Unit): void {
  const off = m.readState(State.UNAVAILABLE, 32).and(UnitBit[unit]).ne(0);
  const pending = unit === 'MMX' ? m.readState(Units.X87_STATUS, 8).shr(7).resize(1) : undefined;
  m.if(pending ? off.or(pending) : off, () => {
    m.slow(unitUnavailable[unit]);
  });
}

/** The unit of an instruction whose operands are what they are. */
export function unitOf(m: AbstractMachine): Unit {
  if (encodingOf(m) === 'VEX') return 'AVX';
  const vectors = m.form.operands.filter((o) => o.kind === 'vector');
  return vectors.length > 0 && vectors.every((o) => o.width === 64) ? 'MMX' : 'SSE';
}

/**
 * Reads an operand whole: a vector register, a vector in memory, or a narrower place with zeros above.
 *
 * @param aligned a vector in memory must be; without a VEX prefix that is the rule (SDM 1 4.1.1)
 */
export function readHalves(
  m: AbstractMachine,
  index: number,
  aligned = encodingOf(m) === 'legacy',
): Halves {
  const shape = m.shape(index);
  if (shape.kind === 'vector') {
    if (shape.width === 64) return [Vector.of(readMmx(m, index))];
    return halfOffsets(shape.width).map((offset) => readHalf(m, index, offset));
  }
  if (shape.kind === 'memory' && (shape.width === 128 || shape.width === 256)) {
    return loadHalves(m, vectorPlace(m, shape.width, aligned));
  }
  return [Vector.of(m.operand(index).read())];
}

/** The lower 128 bits of an operand. */
export function readVector(m: AbstractMachine, index: number, aligned?: boolean): Vector {
  return readHalves(m, index, aligned)[0] ?? Vector.ZERO;
}

/** Writes a whole operand; a VEX prefix clears what lies above (SDM 1 14.1.4). */
export function writeHalves(
  m: AbstractMachine,
  index: number,
  halves: Halves,
  aligned = encodingOf(m) === 'legacy',
): void {
  const shape = m.shape(index);
  if (shape.kind === 'memory') {
    if (shape.width === 128 || shape.width === 256) {
      const place = vectorPlace(m, shape.width, aligned);
      m.tell({ do: 'storeVector', place, values: halves.map((half) => half.expression) });
    } else {
      m.operand(index).write((halves[0] ?? Vector.ZERO).extract(shape.width, 0));
    }
    return;
  }
  if (shape.kind === 'vector' && shape.width === 64) {
    writeMmx(m, index, (halves[0] ?? Vector.ZERO).extract(64, 0));
    return;
  }
  halves.forEach((half, n) => {
    writeHalf(m, index, 16 * n, half);
  });
  if (encodingOf(m) === 'VEX' && halves.length === 1) writeHalf(m, index, 16, Vector.ZERO);
}

/** Writes the lowest lane of an XMM register; without a VEX prefix the others stay. */
export function writeLane(m: AbstractMachine, index: number, value: Value): void {
  writeHalves(m, index, [readHalf(m, index, 0).replace(0, value)]);
}

export function readMmx(m: AbstractMachine, index: number): Value {
  const id = m.local();
  m.tell({ do: 'readState', id, slot: operandSlot(index), width: 64 });
  return new Value({ op: 'local', width: 64, id });
}

/** The exponent of the x87 register becomes all ones (SDM 1 9.5.1); the unit's tags see `enterMmx`. */
function writeMmx(m: AbstractMachine, index: number, value: Value): void {
  const slot = operandSlot(index);
  m.tell({ do: 'writeState', slot, width: 64, value: value.expression });
  const ones = Value.constant(16, 0xffff).expression;
  m.tell({ do: 'writeState', slot: { ...slot, offset: 8 }, width: 16, value: ones });
}

/** Every MMX instruction makes the top of the stack 0, and all tags valid but for EMMS (SDM 3A 13.2). */
export function enterMmx(m: AbstractMachine): void {
  const status = m.readState(Units.X87_STATUS, 16);
  m.writeState(Units.X87_STATUS, 16, status.and(0xc7ff));
  m.writeState(Units.X87_TAGS, 8, Value.constant(8, 0xff));
}

const halfOffsets = (width: 128 | 256): readonly number[] => (width === 128 ? [0] : [0, 16]);

const operandSlot = (index: number) => ({ kind: 'operand', index }) as const;

export function readHalf(m: AbstractMachine, index: number, offset: number): Vector {
  const id = m.local();
  m.tell({ do: 'readVector', id, slot: operandSlot(index), offset });
  return new Vector({ op: 'local', width: 128, id });
}

function writeHalf(m: AbstractMachine, index: number, offset: number, value: Vector): void {
  m.tell({ do: 'writeVector', slot: operandSlot(index), offset, value: value.expression });
}

function vectorPlace(m: AbstractMachine, width: 128 | 256, aligned: boolean): VectorPlace {
  return { segment: 'record', offset: m.effectiveAddress().expression, width, aligned };
}

function loadHalves(m: AbstractMachine, place: VectorPlace): Halves {
  const ids = halfOffsets(place.width).map(() => m.local());
  m.tell({ do: 'loadVector', ids, place });
  return ids.map((id) => new Vector({ op: 'local', width: 128, id }));
}

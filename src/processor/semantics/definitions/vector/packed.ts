import type { AbstractMachine } from '../../abstract-machine';
import { instruction } from '../../instruction';
import type { Vector } from '../../vector';
import {
  encodingOf,
  enterMmx,
  readHalves,
  requireUnit,
  unitOf,
  writeHalves,
} from '../../vector-operands';

/** What is done with 128 bits of each operand; `half` is 1 for the upper bits of YMM registers. */
export type Operation = (a: Vector, b: Vector, m: AbstractMachine, half: number) => Vector;

/** The same for what has one source. */
export type UnaryOperation = (a: Vector, m: AbstractMachine, half: number) => Vector;

/** Where the first and second source stand: without a VEX prefix the first is the target, too. */
export function sources(m: AbstractMachine): readonly [first: number, second: number] {
  return encodingOf(m) === 'VEX' ? [1, 2] : [0, 1];
}

/** Runs the body in the instruction's unit; MMX state is entered when all operands have been read. */
export function inUnit(m: AbstractMachine, read: () => () => void): void {
  const unit = unitOf(m);
  requireUnit(m, unit);
  const write = read();
  if (unit === 'MMX') enterMmx(m);
  write();
}

/**
 * Defines `mnemonic` and its VEX-encoded relative: target = operation(first, second).
 *
 * @param mmx what is done with MMX registers, where it is not the same for the lower 64 bits
 */
export function packed(mnemonic: string, operation: Operation, mmx: Operation = operation): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const [first, second] = sources(m);
      const b = readHalves(m, second);
      const a = readHalves(m, first);
      const chosen = unitOf(m) === 'MMX' ? mmx : operation;
      const results = a.map((v, half) => m.letVector(chosen(v, b[half] ?? v, m, half)));
      return () => {
        writeHalves(m, 0, results);
      };
    });
  });
}

/** The same with one source, which is the last operand but for an immediate. */
export function packedUnary(
  mnemonic: string,
  operation: UnaryOperation,
  mmx: UnaryOperation = operation,
): void {
  instruction([mnemonic, `V${mnemonic}`], (m) => {
    inUnit(m, () => {
      const chosen = unitOf(m) === 'MMX' ? mmx : operation;
      const results = readHalves(m, 1).map((v, half) => m.letVector(chosen(v, m, half)));
      return () => {
        writeHalves(m, 0, results);
      };
    });
  });
}

/** Lanes of 8, 16, 32 and 64 bits by the letters that end mnemonics. */
export const LANES = { B: 8, W: 16, D: 32, Q: 64 } as const;

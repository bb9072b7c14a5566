import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { Rec } from '../state/layout';
import {
  bytesOf,
  fromBytes,
  lanes,
  ofLanes,
  readSlot,
  readVector,
  slotOf,
  toBytes,
  writeVector,
} from './operands';

/**
 * MASKMOVQ and MASKMOVDQU, VMASKMOVPS and its kin (SDM 2B; 2C): the elements whose mask is negative move,
 * and only they can fault.
 */

interface Element {
  readonly at: number;
  readonly value: bigint;
}

/** Stores elements, all or none. */
function storeElements(
  cpu: InstructionContext,
  segment: number,
  offset: (at: number) => bigint,
  bytes: number,
  elements: readonly Element[],
): void {
  for (const { at } of elements) cpu.requireWritable(segment, offset(at), bytes);
  for (const { at, value } of elements) cpu.storeBytes(segment, offset(at), toBytes(value, bytes));
}

/** The elements of a register whose bits of a mask are set. */
function chosen(value: bigint, mask: bigint, width: number, count: number): Element[] {
  const signs = lanes(mask, width, count).map((m) => m >> BigInt(width - 1) !== 0n);
  return lanes(value, width, count)
    .map((v, n) => ({ at: (n * width) / 8, value: v }))
    .filter((_, n) => signs[n]);
}

/** MASKMOVQ, MASKMOVDQU: bytes at DS:rDI. */
export const maskedBytes: SlowPath = (cpu) => {
  const { view } = cpu.physical;
  const { record } = cpu.instruction;
  const addressMask = view.getBigUint64(record + Rec.ADDRESS_MASK, true);
  // The implied pointer may stand among the operands: the registers are the last two.
  const count = cpu.instruction.operands.length;
  const bytes = bytesOf(cpu, count - 1);
  const value = readSlot(cpu, slotOf(cpu, count - 2), bytes);
  const mask = readSlot(cpu, slotOf(cpu, count - 1), bytes);
  const offset = (at: number): bigint => (cpu.state.gpr(7) + BigInt(at)) & addressMask;
  storeElements(cpu, cpu.operandSegment(), offset, 1, chosen(value, mask, 8, bytes));
  return undefined;
};

/** VMASKMOVPS, VPMASKMOVD and those of 64 bits. */
export const maskedMove =
  (width: 32 | 64): SlowPath =>
  (cpu) => {
    const [target, maskAt] = cpu.instruction.operands;
    const stores = target?.kind === 'memory';
    const bytes = maskAt?.kind === 'register' ? maskAt.bytes : 16;
    const count = (8 * bytes) / width;
    const mask = readVector(cpu, 1, bytes);
    const segment = cpu.operandSegment();
    const address = cpu.effectiveAddress();
    const offset = (at: number): bigint => address + BigInt(at);
    if (stores) {
      const value = readVector(cpu, 2, bytes);
      storeElements(cpu, segment, offset, width / 8, chosen(value, mask, width, count));
      return undefined;
    }
    const loaded = Array<bigint>(count).fill(0n);
    for (const { at } of chosen(0n, mask, width, count)) {
      loaded[(8 * at) / width] = fromBytes(cpu.loadBytes(segment, offset(at), width / 8));
    }
    writeVector(cpu, 0, bytes, ofLanes(loaded, width));
    return undefined;
  };

import type { InstructionContext } from '../execution/instruction-context';

/** Memory operands that are wider than 8 bytes: numbers of 80 bits, and images of the unit's state. */

/** Where the pieces of an operand lie: 8 bytes and 2 of a number, words or doublewords of an image. */
function pieces(bytes: number, piece: number): { offset: bigint; at: number; length: number }[] {
  const found = [];
  for (let at = 0; at < bytes; at += piece)
    found.push({ offset: BigInt(at), at, length: Math.min(piece, bytes - at) });
  return found;
}

/** Reads the memory operand as one little-endian number; it faults before anything is read. */
export function loadWide(cpu: InstructionContext, bytes: number, piece = 8): bigint {
  const at = cpu.effectiveAddress();
  let value = 0n;
  for (const { offset, length } of pieces(bytes, piece))
    value |= cpu.load(cpu.operandSegment(), at + offset, length) << (8n * offset);
  return value;
}

/** Writes the memory operand; it faults before the first byte is written. */
export function storeWide(cpu: InstructionContext, bytes: number, value: bigint, piece = 8): void {
  const base = cpu.effectiveAddress();
  const segment = cpu.operandSegment();
  const all = pieces(bytes, piece);
  for (const { offset, length } of all) cpu.requireWritable(segment, base + offset, length);
  for (const { offset, length } of all) {
    const part = BigInt.asUintN(8 * length, value >> (8n * offset));
    cpu.store(segment, base + offset, length, part);
  }
}

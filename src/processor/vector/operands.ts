import { MemorySizeExt } from 'iced-x86';
import { generalProtection } from '../faults';
import type { InstructionContext } from '../execution/instruction-context';
import { RAISED, Raised } from '../reasons/arithmetic';
import { vectorSlot } from '../state/layout';

/** Operands of vector instructions that are done in TypeScript, as values of up to 256 bits. */

/** Whether the instruction has a VEX prefix: then memory need not be aligned, and upper bits are cleared. */
export function isVex(cpu: InstructionContext): boolean {
  return cpu.instruction.mnemonic.startsWith('V');
}

export function fromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let n = bytes.length - 1; n >= 0; n--) value = (value << 8n) | BigInt(bytes[n] ?? 0);
  return value;
}

export function toBytes(value: bigint, count: number): Uint8Array {
  const words = new DataView(new ArrayBuffer((count + 7) & ~7));
  for (let at = 0; at < count; at += 8) words.setBigUint64(at, value >> BigInt(8 * at), true);
  return new Uint8Array(words.buffer, 0, count);
}

/** The lowest bytes of a register, at its slot. */
export function readSlot(cpu: InstructionContext, slot: number, bytes: number): bigint {
  let value = 0n;
  for (let at = (bytes - 1) & ~7; at >= 0; at -= 8)
    value = (value << 64n) | cpu.state.slot(slot + at);
  return BigInt.asUintN(8 * bytes, value);
}

export const readXmm = (cpu: InstructionContext, index: number): bigint =>
  readSlot(cpu, vectorSlot(index), 16);

/** The slot of an operand that is a register. */
export function slotOf(cpu: InstructionContext, index: number): number {
  const operand = cpu.instruction.operands[index];
  if (operand?.kind !== 'register') throw new Error('the operand is no register');
  return operand.slot;
}

/** How many bytes a register operand has. */
export function bytesOf(cpu: InstructionContext, index: number): number {
  const operand = cpu.instruction.operands[index];
  return operand?.kind === 'register' ? operand.bytes : 0;
}

/** How many bytes the memory operand has. */
export const memoryBytes = (cpu: InstructionContext): number =>
  MemorySizeExt.size(cpu.instruction.memorySize);

/**
 * Reads a register or memory.
 *
 * @param bytes of what is read of it
 */
export function readVector(
  cpu: InstructionContext,
  index: number,
  bytes: number,
  aligned = bytes >= 16 && !isVex(cpu),
): bigint {
  const operand = cpu.instruction.operands[index];
  if (operand?.kind === 'register') return readSlot(cpu, operand.slot, bytes);
  if (aligned && cpu.linearOperand() % BigInt(bytes) !== 0n) {
    throw generalProtection(RAISED[Raised.MISALIGNED_VECTOR].reason);
  }
  return fromBytes(cpu.loadBytes(cpu.operandSegment(), cpu.effectiveAddress(), bytes));
}

/** Writes the lowest bytes of a register; with a VEX prefix the others become 0. */
export function writeVector(
  cpu: InstructionContext,
  index: number,
  bytes: number,
  value: bigint,
): void {
  const slot = slotOf(cpu, index);
  const vex = isVex(cpu);
  writeRegister(cpu, slot, bytes, value, vex);
}

/** The same for a register by its slot. */
export function writeRegister(
  cpu: InstructionContext,
  slot: number,
  bytes: number,
  value: bigint,
  clearsAbove: boolean,
): void {
  const { units } = cpu.state;
  const start = slot - vectorSlot(0);
  if (bytes % 8 === 0) {
    for (let at = 0; at < bytes; at += 8) {
      cpu.state.setSlot(slot + at, BigInt.asUintN(64, value >> BigInt(8 * at)));
    }
  } else {
    units.set(toBytes(value, bytes), start);
  }
  if (clearsAbove) units.fill(0, start + bytes, start + 32);
}

/** The lanes of a value, lowest first, unsigned. */
export function lanes(value: bigint, width: number, count: number): bigint[] {
  const all: bigint[] = [];
  let rest = value;
  for (let n = 0; n < count; n++, rest >>= BigInt(width)) all.push(BigInt.asUintN(width, rest));
  return all;
}

export function ofLanes(values: readonly bigint[], width: number): bigint {
  return values.reduce((all, v, n) => all | (BigInt.asUintN(width, v) << BigInt(width * n)), 0n);
}

/** An operation on each 128 bits of two values. */
export function byHalves(
  bytes: number,
  a: bigint,
  b: bigint,
  operation: (a: bigint, b: bigint, half: number) => bigint,
): bigint {
  let result = 0n;
  for (let half = 0; half < bytes / 16; half++) {
    const [x, y] = [a, b].map((v) => BigInt.asUintN(128, v >> BigInt(128 * half)));
    result |= operation(x ?? 0n, y ?? 0n, half) << BigInt(128 * half);
  }
  return result;
}

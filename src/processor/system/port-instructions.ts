import { WideRflags } from '../../isa/registers/flags';
import { notePortAccess } from '../events/hardware-breakpoints';
import { generalProtection } from '../faults';
import { noPortBitmap, portBeyondBitmap, portForbidden } from '../reasons/privilege';
import type { InstructionContext } from '../execution/instruction-context';
import { ES, Rec, State, TR, segmentSlot } from '../state/layout';
import type { SlowPath } from '../semantics/slow-path';

/** IN, OUT, INS, OUTS (SDM 1 19.3 to 19.5). */

type PortBytes = 1 | 2 | 4;

/** With CPL > IOPL the I/O permission bitmap of the TSS decides (SDM 1 19.5.2). */
function requirePort(cpu: InstructionContext, port: number, bytes: number): void {
  const { state, mmu } = cpu;
  if (!state.protectedMode) return;
  const iopl = Number((state.systemFlags >> 12n) & 3n);
  if (state.cpl <= iopl && !state.virtual8086) return;
  const access = { port, cpl: state.cpl, iopl };
  const tr = state.segment(TR);
  if (!(tr.accessRights & 8) || tr.limit < 103) throw generalProtection(noPortBitmap(access));
  const bitmap = Number(mmu.loadSystem(tr.base + 102n, 2));
  const byte = bitmap + (port >> 3);
  if (byte + 1 > tr.limit) throw generalProtection(portBeyondBitmap(access, tr.limit));
  const bits = Number(mmu.loadSystem(tr.base + BigInt(byte), 2)) >> (port & 7);
  if (bits & ((1 << bytes) - 1)) throw generalProtection(portForbidden(access));
}

/** Port and width of IN and OUT, by their operands. */
function portOperands(
  cpu: InstructionContext,
  portIndex: number,
  dataIndex: number,
): { port: number; bytes: PortBytes; immediate: boolean } {
  const { operands } = cpu.instruction;
  const port = operands[portIndex];
  const data = operands[dataIndex];
  const bytes = (data?.kind === 'register' ? data.bytes : 1) as PortBytes;
  if (port?.kind === 'immediate')
    return { port: Number(port.value & 0xffn), bytes, immediate: true };
  return { port: Number(cpu.state.gpr(2) & 0xffffn), bytes, immediate: false };
}

export const portInput: SlowPath = (cpu) => {
  const { port, bytes, immediate } = portOperands(cpu, 1, 0);
  requirePort(cpu, port, bytes);
  const access = { port, bytes, input: true, string: false, repeated: false, immediate };
  if (cpu.guestMode.portAccess(access)) return 'left';
  const value = BigInt(cpu.bus.readPort(port, bytes));
  cpu.writeOperand(0, bytes, value);
  notePortAccess(cpu.state, port, bytes);
  return undefined;
};

export const portOutput: SlowPath = (cpu) => {
  const { port, bytes, immediate } = portOperands(cpu, 0, 1);
  requirePort(cpu, port, bytes);
  const access = {
    port,
    bytes,
    input: false,
    string: false,
    repeated: false,
    immediate,
  };
  if (cpu.guestMode.portAccess(access)) return 'left';
  const mask = (1n << BigInt(8 * bytes)) - 1n;
  cpu.bus.writePort(port, bytes, Number(cpu.state.gpr(0) & mask));
  notePortAccess(cpu.state, port, bytes);
  return undefined;
};

export const inputString: SlowPath = (cpu) => stringAccess(cpu, true);
export const outputString: SlowPath = (cpu) => stringAccess(cpu, false);

/** One round; a repeated instruction that has rounds left is executed again. */
function stringAccess(cpu: InstructionContext, input: boolean): undefined | 'left' {
  const { state, instruction } = cpu;
  const bytes = WIDTHS[instruction.mnemonic.slice(-1)] ?? 1;
  const mask = cpu.physical.view.getBigUint64(instruction.record + Rec.ADDRESS_MASK, true);
  const repeated = instruction.repeat !== '';
  const count = state.gpr(1) & mask;
  if (repeated && count === 0n) return undefined;
  const port = Number(state.gpr(2) & 0xffffn);
  requirePort(cpu, port, bytes);
  const register = input ? 7 : 6;
  const segment = input ? segmentSlot(ES) : cpu.operandSegment();
  const offset = state.gpr(register) & mask;
  const linear = (state.slot(segment) + offset) & state.slot(State.LINEAR_MASK);
  const access = {
    port,
    bytes,
    input,
    string: true,
    repeated,
    immediate: false,
    linear,
  };
  if (cpu.guestMode.portAccess(access)) return 'left';
  if (input) {
    cpu.requireWritable(segment, offset, bytes); // a fault must come before the device is read
    cpu.store(segment, offset, bytes, BigInt(cpu.bus.readPort(port, bytes)));
  } else {
    cpu.bus.writePort(port, bytes, Number(cpu.load(segment, offset, bytes)));
  }
  notePortAccess(state, port, bytes);
  const step = state.systemFlags & WideRflags.DF ? -BigInt(bytes) : BigInt(bytes);
  writeMasked(cpu, register, offset + step, mask);
  if (repeated) {
    writeMasked(cpu, 1, count - 1n, mask);
    if (count > 1n) cpu.nextRip = state.rip;
  }
  return undefined;
}

const WIDTHS: Readonly<Record<string, PortBytes>> = { B: 1, W: 2, D: 4 };

function writeMasked(cpu: InstructionContext, index: number, value: bigint, mask: bigint): void {
  const old = mask === 0xffffn ? cpu.state.gpr(index) & ~mask : 0n;
  cpu.state.setGpr(index, old | (value & mask));
}

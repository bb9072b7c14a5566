import { X87Status } from '../../isa/registers/floating-point';
import { LegacyRegion } from '../../isa/xsave-area';
import { Units, x87Slot } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import type { ImagePart } from './image';

/** The x87 state in the legacy region (SDM 1 10.5.1, 13.5.1). */

const CONTROL_SIZE = LegacyRegion.MXCSR;
const REGISTERS_SIZE = LegacyRegion.XMM_REGISTERS - LegacyRegion.X87_REGISTERS;
const REGISTER_BYTES = 10;
const EXCEPTIONS = 0x3f;
const TOP_SHIFT = 11n;
const OPCODE_BITS = 0x7ff;

/** FCW and FTW of the initial configuration (SDM 1 13.6); all else is 0. */
const INITIAL_CONTROL = 0x37fn;
const EMPTY = 0n;

/** Fields of 16 bits, and where they lie in the image. */
const WORDS = [
  [LegacyRegion.FCW, Units.X87_CONTROL],
  [LegacyRegion.FSW, Units.X87_STATUS],
  [LegacyRegion.FTW, Units.X87_TAGS],
  [LegacyRegion.FOP, Units.X87_OPCODE],
] as const;

/** The pointers, each with the segment that the narrow format holds beside it. */
const POINTERS = [
  [LegacyRegion.FIP, Units.X87_INSTRUCTION, LegacyRegion.FCS, Units.X87_CODE_SEGMENT],
  [LegacyRegion.FDP, Units.X87_DATA, LegacyRegion.FDS, Units.X87_DATA_SEGMENT],
] as const;

const topOfStack = (state: CpuState): number =>
  Number((state.slot(Units.X87_STATUS) >> TOP_SHIFT) & 7n);

/** Where STn lies in `CpuState.units`: the image has the registers as the stack has them. */
const stackRegister = (top: number, n: number): number => x87Slot((top + n) & 7) - Units.VECTOR;

/** @param wide with REX.W: the pointers have 64 bits, and no segments */
export function saveX87(state: CpuState, wide: boolean): ImagePart[] {
  const control = new Uint8Array(CONTROL_SIZE);
  const view = new DataView(control.buffer);
  for (const [offset, slot] of WORDS) view.setUint16(offset, Number(state.slot(slot)), true);
  for (const [offset, pointer, selectorOffset, selector] of POINTERS) {
    view.setBigUint64(offset, state.slot(pointer), true);
    if (wide) continue;
    view.setUint32(selectorOffset, Number(state.slot(selector)), true);
  }
  const registers = new Uint8Array(REGISTERS_SIZE);
  const top = topOfStack(state);
  for (let n = 0; n < 8; n++) {
    const at = stackRegister(top, n);
    registers.set(state.units.subarray(at, at + REGISTER_BYTES), 16 * n);
  }
  return [
    { offset: LegacyRegion.X87_CONTROL, bytes: control },
    { offset: LegacyRegion.X87_REGISTERS, bytes: registers },
  ];
}

/** @param legacy the image from its beginning, at least up to the XMM registers */
export function loadX87(state: CpuState, legacy: Uint8Array, wide: boolean): void {
  const view = new DataView(legacy.buffer, legacy.byteOffset);
  const control = view.getUint16(LegacyRegion.FCW, true);
  const status = view.getUint16(LegacyRegion.FSW, true);
  state.setSlot(Units.X87_CONTROL, BigInt(control));
  state.setSlot(Units.X87_STATUS, BigInt(withSummary(status, control)));
  state.setSlot(Units.X87_TAGS, BigInt(view.getUint8(LegacyRegion.FTW)));
  state.setSlot(Units.X87_OPCODE, BigInt(view.getUint16(LegacyRegion.FOP, true) & OPCODE_BITS));
  for (const [offset, pointer, selectorOffset, selector] of POINTERS) {
    const narrow = BigInt(view.getUint32(offset, true));
    state.setSlot(pointer, wide ? view.getBigUint64(offset, true) : narrow);
    state.setSlot(selector, wide ? 0n : BigInt(view.getUint16(selectorOffset, true)));
  }
  const top = topOfStack(state);
  for (let n = 0; n < 8; n++) {
    const from = LegacyRegion.X87_REGISTERS + 16 * n;
    state.units.set(legacy.subarray(from, from + REGISTER_BYTES), stackRegister(top, n));
  }
}

/** ES and B follow from the flags and masks of exceptions, whatever the image says of them. */
function withSummary(status: number, control: number): number {
  const pending = (status & ~control & EXCEPTIONS) !== 0;
  const summary = X87Status.ES | X87Status.B;
  return pending ? status | summary : status & ~summary;
}

export function initializeX87(state: CpuState): void {
  state.units.fill(0, Units.X87 - Units.VECTOR, Units.MXCSR - Units.VECTOR);
  state.setSlot(Units.X87_CONTROL, INITIAL_CONTROL);
}

/** Whether it differs from the initial configuration. */
export function x87InUse(state: CpuState): boolean {
  const { units } = state;
  if (state.slot(Units.X87_CONTROL) !== INITIAL_CONTROL) return true;
  if (state.slot(Units.X87_TAGS) !== EMPTY) return true;
  const registers = units.subarray(Units.X87 - Units.VECTOR, Units.X87_CONTROL - Units.VECTOR);
  const others = units.subarray(Units.X87_STATUS - Units.VECTOR, Units.MXCSR - Units.VECTOR);
  return [registers, others].some((bytes) => bytes.some((byte) => byte !== 0));
}

import { MXCSR_INITIAL, MXCSR_WRITABLE } from '../../isa/registers/floating-point';
import { LegacyRegion } from '../../isa/xsave-area';
import { generalProtection } from '../faults';
import { reservedBits } from '../reasons/registers';
import { Units, vectorSlot } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import type { ImagePart } from './image';

/**
 * The vector registers as images have them: the lower halves (XMM) in the legacy region, the upper
 * ones in a component of their own (SDM 1 13.5.2, 13.5.3). Outside 64-bit mode only the first eight are touched.
 */

const HALF = 16;
export type Half = 'lower' | 'upper';

const count = (state: CpuState): number => (state.codeBits === 64 ? 16 : 8);

/** The bytes of a half of a register, in place. */
function half(state: CpuState, index: number, which: Half): Uint8Array {
  const at = vectorSlot(index) - Units.VECTOR + (which === 'upper' ? HALF : 0);
  return state.units.subarray(at, at + HALF);
}

const indices = (state: CpuState): number[] => Array.from({ length: count(state) }, (_, n) => n);

export function saveHalves(state: CpuState, which: Half): Uint8Array {
  const bytes = new Uint8Array(HALF * count(state));
  for (const n of indices(state)) bytes.set(half(state, n, which), HALF * n);
  return bytes;
}

/** How many bytes `saveHalves` gives, and `loadHalves` takes. */
export const halvesSize = (state: CpuState): number => HALF * count(state);

export function loadHalves(state: CpuState, which: Half, bytes: Uint8Array): void {
  for (const n of indices(state)) {
    half(state, n, which).set(bytes.subarray(HALF * n, HALF * (n + 1)));
  }
}

export function clearHalves(state: CpuState, which: Half): void {
  for (const n of indices(state)) half(state, n, which).fill(0);
}

/** Whether one of them is not 0, as it initially is (SDM 1 13.6). */
export function halvesInUse(state: CpuState, which: Half): boolean {
  return indices(state).some((n) => half(state, n, which).some((byte) => byte !== 0));
}

export const mxcsrInUse = (state: CpuState): boolean => state.slot(Units.MXCSR) !== MXCSR_INITIAL;

/** MXCSR and MXCSR_MASK, which stand side by side. */
export function saveMxcsr(state: CpuState): ImagePart {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Number(state.slot(Units.MXCSR)), true);
  view.setUint32(4, MXCSR_WRITABLE, true);
  return { offset: LegacyRegion.MXCSR, bytes };
}

/** @throws Fault #GP(0) when the value sets reserved bits (SDM 1 11.6.6) */
export function checkMxcsr(value: number): void {
  const reserved = (value & ~MXCSR_WRITABLE) >>> 0;
  if (reserved) throw generalProtection(reservedBits('MXCSR', BigInt(reserved), 'SDM 1 11.6.6'));
}

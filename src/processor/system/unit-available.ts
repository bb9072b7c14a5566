import { Cr0, Cr4, Xcr0 } from '../../isa/registers/control';
import { Vector } from '../../isa/exceptions';
import { X87Status } from '../../isa/registers/floating-point';
import { Fault, NotImplemented, undefinedOpcode } from '../faults';
import { fpuEmulated, notEnabled, notInRealMode, taskSwitched } from '../reasons/instructions';
import { avxStateNotEnabled } from '../reasons/units';
import type { Reason } from '../reasons/reason';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';
import { UnitBit, Units, wordOf } from '../state/layout';
import { waitsForError } from '../x87/availability';

/** The units whose instructions an operating system makes available, by control registers and XCR0. */
export type Unit = keyof typeof UnitBit;

const ERROR_SUMMARY = BigInt(X87Status.ES);
const AVX_STATE = Xcr0.SSE | Xcr0.AVX;
const AVX_STATE_LOW = Number(AVX_STATE);
const ALL_UNITS = UnitBit.MMX | UnitBit.SSE | UnitBit.AVX;

/** What an instruction of the unit raises: #UD where there is none at present, #NM where it has to wait. */
function faultOf(state: CpuState, unit: Unit): Fault | undefined {
  const missing = unit === 'AVX' ? noAvx(state) : noSse(state, unit);
  if (missing) return undefinedOpcode(missing);
  return state.hasCr0(Cr0.TS) ? new Fault(Vector.NM, taskSwitched()) : undefined;
}

function noAvx(state: CpuState): Reason | undefined {
  if (state.realStyleSegments) return notInRealMode(state.virtual8086);
  if (!state.hasCr4(Cr4.OSXSAVE)) return notEnabled('CR4.OSXSAVE');
  const xcr0 = state.slot(Units.XCR0);
  return (xcr0 & AVX_STATE) === AVX_STATE ? undefined : avxStateNotEnabled(xcr0);
}

function noSse(state: CpuState, unit: 'MMX' | 'SSE'): Reason | undefined {
  if (state.hasCr0(Cr0.EM)) return fpuEmulated();
  return unit === 'SSE' && !state.hasCr4(Cr4.OSFXSR) ? notEnabled('CR4.OSFXSR') : undefined;
}

/** The bits of State.UNAVAILABLE (SDM 2A 2.4, tables of exception classes): what `faultOf` finds a fault for. */
export function unavailableUnits(state: CpuState): number {
  if (state.hasCr0(Cr0.TS)) return ALL_UNITS;
  const avx = hasAvx(state) ? 0 : UnitBit.AVX;
  if (state.hasCr0(Cr0.EM)) return UnitBit.MMX | UnitBit.SSE | avx;
  return (state.hasCr4(Cr4.OSFXSR) ? 0 : UnitBit.SSE) | avx;
}

/** Asked at every VM entry and VM exit: without bigints. */
function hasAvx(state: CpuState): boolean {
  const xcr0 = state.words[wordOf(Units.XCR0)] ?? 0;
  const enabled = (xcr0 & AVX_STATE_LOW) === AVX_STATE_LOW && state.hasCr4(Cr4.OSXSAVE);
  return enabled && !state.realStyleSegments;
}

/** For what is done in TypeScript from beginning to end. @throws Fault #UD, #NM */
export const requireAvailable =
  (unit: Unit) =>
  (state: CpuState): void => {
    const fault = faultOf(state, unit);
    if (fault) throw fault;
  };

/** Raises what keeps the unit's instructions from being executed; those of MMX wait for x87 exceptions. */
const unavailable =
  (unit: Unit): SlowPath =>
  (cpu) => {
    const fault = faultOf(cpu.state, unit);
    if (fault) throw fault;
    if (waitsForError(cpu)) return undefined;
    if (cpu.state.slot(Units.X87_STATUS) & ERROR_SUMMARY) {
      throw new NotImplemented('MMX while IGNNE# has x87 errors ignored');
    }
    throw new Error(`State.UNAVAILABLE is stale: ${unit}`);
  };

export const unitUnavailable: Readonly<Record<Unit, SlowPath>> = {
  MMX: unavailable('MMX'),
  SSE: unavailable('SSE'),
  AVX: unavailable('AVX'),
};

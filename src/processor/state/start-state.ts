import { SegmentRights } from '../../isa/access-rights';
import { Gpr } from '../../isa/registers/general';
import { WideCr0 } from '../../isa/registers/control';
import { RESET } from '../../isa/reset';
import { RFLAGS_FIXED } from '../../isa/registers/flags';
import { CS, LDTR, TR } from './layout';
import { CACHING, unitsWith } from './reset';
import type { CpuState, SegmentRegister, TableRegister } from './cpu-state';

/** The registers with which a program begins: what firmware or a boot loader leaves. */
export interface StartState {
  /** RAX … R15, in encoding order. */
  readonly gprs: readonly bigint[];
  readonly rip: bigint;
  readonly rflags: bigint;
  readonly cr0: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  /** ES, CS, SS, DS, FS, GS, LDTR, TR. */
  readonly segments: readonly Readonly<SegmentRegister>[];
  readonly gdtr: Readonly<TableRegister>;
  readonly idtr: Readonly<TableRegister>;
  /** The x87 and vector units, as `Units` in layout.ts lays them out. */
  readonly units: Uint8Array;
}

/** Of programs that lie above it. */
const STACK = 0x7c00;
const IVT_LIMIT = 0x3ff;

/**
 * Real mode as firmware leaves it, everything 0 but CS:IP and the stack pointer below the program.
 *
 * @param entry an address below 1 MByte; below 64 KBytes, in segment 0
 */
export function realModeStart(entry: number): StartState {
  const gprs = new Array<bigint>(16).fill(0n);
  const base = entry & 0xf_0000;
  gprs[Gpr.RSP] = BigInt(base === 0 ? entry : STACK);
  const segments: SegmentRegister[] = Array.from({ length: 8 }, () => ({ ...RESET.data }));
  const code = { selector: base >> 4, base: BigInt(base), limit: RESET.data.limit };
  segments[CS] = { ...code, accessRights: SegmentRights.REAL_MODE_CODE };
  segments[LDTR] = { ...RESET.ldtr };
  segments[TR] = { ...RESET.tr };
  return {
    gprs,
    rip: BigInt(entry & 0xffff),
    rflags: RFLAGS_FIXED,
    cr0: WideCr0.ET,
    cr3: 0n,
    cr4: 0n,
    efer: 0n,
    segments,
    gdtr: { ...RESET.table },
    idtr: { base: 0n, limit: IVT_LIMIT },
    // Firmware has executed FNINIT.
    units: unitsWith(RESET.x87Initialized, RESET.x87Empty),
  };
}

/** As RESET leaves the processor (SDM 3A 10.1.1): the first instruction lies in the firmware's ROM. */
export function resetStart(): StartState {
  const real = realModeStart(0);
  const segments = real.segments.map((segment, index) =>
    index === CS ? { ...RESET.cs } : segment,
  );
  const { cr0, rip } = RESET;
  const units = unitsWith(RESET.x87Control, RESET.x87Tags);
  return { ...real, segments, cr0, rip, idtr: { ...RESET.table }, units };
}

/**
 * As INIT leaves the registers that a start has (SDM 3A table 10-1): as after RESET, but for CD and NW of CR0, and the units.
 *
 * @param cr0 as INIT finds it
 */
export function initStart(cr0: bigint): StartState {
  const start = resetStart();
  return { ...start, cr0: (start.cr0 & ~CACHING) | (cr0 & CACHING) };
}

/** What the registers hold now. */
export function startStateOf(state: CpuState): StartState {
  const { rip, rflags, cr0, cr3, cr4, efer, gdtr, idtr } = state;
  return {
    gprs: Array.from({ length: 16 }, (_, index) => state.gpr(index)),
    segments: Array.from({ length: 8 }, (_, index) => ({ ...state.segment(index) })),
    gdtr: { ...gdtr },
    idtr: { ...idtr },
    units: state.units.slice(),
    ...{ rip, rflags, cr0, cr3, cr4, efer },
  };
}

/** Loads all of them. The derived state has to be brought up to date afterwards. */
export function startFrom(state: CpuState, start: StartState): void {
  start.gprs.forEach((value, index) => {
    state.setGpr(index, value);
  });
  start.segments.forEach((segment, index) => {
    state.setSegment(index, { ...segment });
  });
  const { rip, rflags, cr0, cr3, cr4, efer, gdtr, idtr } = start;
  Object.assign(state, { rip, rflags, cr0, cr3, cr4, efer });
  state.gdtr = { ...gdtr };
  state.idtr = { ...idtr };
  state.units.set(start.units);
}

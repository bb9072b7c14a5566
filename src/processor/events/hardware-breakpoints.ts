import { Vector } from '../../isa/exceptions';
import { WideCr4 } from '../../isa/registers/control';
import { Rflags, WideRflags } from '../../isa/registers/flags';
import { Fault } from '../faults';
import { hardwareBreakpoint } from '../reasons/events';
import { CS, Segment, State, segmentSlot } from '../state/layout';
import type { CpuState } from '../state/cpu-state';

/**
 * Breakpoints in the debug registers (SDM 3B 18.2.4, 18.2.5). While one is enabled every instruction is
 * executed by itself, and every access to data goes the slow way, where it is compared.
 */

/** Values of R/W0 to R/W3. */
const Kind = { EXECUTION: 0, WRITE: 1, IO: 2, ACCESS: 3 } as const;
/** By the values of LEN0 to LEN3. */
const LENGTHS = [1, 2, 8, 4] as const;
const NUMBERS = [0, 1, 2, 3] as const;

/** The breakpoints that a condition concerns, as the bits B0 to B3 of DR6. */
function matching(
  state: CpuState,
  concerns: (kind: number, first: bigint, length: number) => boolean,
): number {
  const dr7 = Number(state.dr[7] ?? 0n);
  let bits = 0;
  for (const n of NUMBERS) {
    if (((dr7 >> (2 * n)) & 3) === 0) continue;
    const kind = (dr7 >> (16 + 4 * n)) & 3;
    const length = LENGTHS[(dr7 >> (18 + 4 * n)) & 3] ?? 1;
    // The length masks the low bits of the address.
    const first = (state.dr[n] ?? 0n) & ~BigInt(length - 1);
    if (concerns(kind, first, length)) bits |= 1 << n;
  }
  return bits;
}

const overlaps = (first: bigint, length: number, at: bigint, bytes: number): boolean =>
  at < first + BigInt(length) && first < at + BigInt(bytes);

/**
 * Before an instruction. RFLAGS.RF lets one pass that has been stopped at (18.3.1.1).
 *
 * @throws Fault #DB with the bits of DR6
 */
export function checkExecution(state: CpuState): void {
  if (state.hasFlag(Rflags.RF)) {
    state.systemFlags &= ~WideRflags.RF;
    return;
  }
  const base = state.slot(segmentSlot(CS) + Segment.EFFECTIVE_BASE);
  const linear = (base + state.rip) & state.slot(State.LINEAR_MASK);
  const hits = matching(state, (kind, first) => kind === Kind.EXECUTION && first === linear);
  if (hits === 0) return;
  throw new Fault(Vector.DB, hardwareBreakpoint(hits), undefined, undefined, BigInt(hits));
}

/** An instruction has read or written data: the trap comes after it. */
export function noteDataAccess(
  state: CpuState,
  linear: bigint,
  bytes: number,
  write: boolean,
): void {
  state.pendingDebug |= matching(state, (kind, first, length) => {
    const waits = kind === Kind.ACCESS || (write && kind === Kind.WRITE);
    return waits && overlaps(first, length, linear, bytes);
  });
}

/** The same for an I/O port; only with CR4.DE there are such breakpoints. */
export function notePortAccess(state: CpuState, port: number, bytes: number): void {
  if (!state.hasBreakpoints || !(state.cr4 & WideCr4.DE)) return;
  state.pendingDebug |= matching(
    state,
    (kind, first, length) => kind === Kind.IO && overlaps(first, length, BigInt(port), bytes),
  );
}

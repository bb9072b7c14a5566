import { Xcr0 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { COMPACTED, LegacyRegion, XsaveHeader, compactedLayout } from '../../isa/xsave-area';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { Units } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import { requireXsave } from './availability';
import { STATE_COMPONENTS, componentsInUse, requestedComponents } from './components';
import { StateImage, type ImagePart } from './image';
import { saveHalves, saveMxcsr } from './vector-image';
import { saveX87 } from './x87-image';

/**
 * XSAVE, XSAVEOPT, XSAVEC and XSAVES (SDM 1 13.7 to 13.11). The init optimization leaves out what is
 * in its initial configuration. The modified optimization, which a processor may have, is not here.
 */

const VECTORS = Xcr0.SSE | Xcr0.AVX;

/** RFBM of user instructions: what is asked for and enabled. */
export const requestedOfUser = (state: CpuState): bigint =>
  state.slot(Units.XCR0) & requestedComponents(state);

/** RFBM of XSAVES and XRSTORS. */
export const requestedOfSupervisor = (state: CpuState): bigint =>
  (state.slot(Units.XCR0) | state.msr(Msr.XSS)) & requestedComponents(state);

/** A word of the header. */
function headerWord(offset: number, value: bigint): ImagePart {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return { offset, bytes };
}

/** The parts of the legacy region but MXCSR. */
function legacyParts(state: CpuState, saved: bigint, wide: boolean): ImagePart[] {
  const xmm = { offset: LegacyRegion.XMM_REGISTERS, bytes: saveHalves(state, 'lower') };
  return [...(saved & Xcr0.X87 ? saveX87(state, wide) : []), ...(saved & Xcr0.SSE ? [xmm] : [])];
}

function extendedParts(
  state: CpuState,
  saved: bigint,
  offsetOf: (number: number) => number | undefined,
): ImagePart[] {
  return STATE_COMPONENTS.filter(({ mask }) => saved & mask).map((component) => ({
    offset: offsetOf(component.number) ?? component.offset,
    bytes: component.save(state),
  }));
}

/** The standard format: XSTATE_BV keeps the bits that were not asked for. */
const saveStandard =
  (wide: boolean, optimized: boolean): SlowPath =>
  (cpu) => {
    const { state } = cpu;
    requireXsave(state);
    const image = new StateImage(cpu, 64);
    const requested = requestedOfUser(state);
    const used = componentsInUse(state, false);
    const saved = optimized ? requested & used : requested;
    const before = image.word(XsaveHeader.XSTATE_BV);
    image.write([
      ...legacyParts(state, saved, wide),
      ...(requested & VECTORS ? [saveMxcsr(state)] : []),
      ...extendedParts(state, saved, () => undefined),
      headerWord(XsaveHeader.XSTATE_BV, (before & ~requested) | (used & requested)),
    ]);
    return undefined;
  };
export const xsave = saveStandard(false, false);
export const xsave64 = saveStandard(true, false);
export const xsaveopt = saveStandard(false, true);
export const xsaveopt64 = saveStandard(true, true);

/** The compacted format. MXCSR goes with the XMM registers, and counts as they do. */
function saveCompacted(cpu: InstructionContext, requested: bigint, wide: boolean): undefined {
  const { state } = cpu;
  const image = new StateImage(cpu, 64);
  const used = componentsInUse(state, true);
  const saved = requested & used;
  const { offsets } = compactedLayout(requested);
  image.write([
    ...legacyParts(state, saved, wide),
    ...(saved & Xcr0.SSE ? [saveMxcsr(state)] : []),
    ...extendedParts(state, saved, (number) => offsets.get(number)),
    headerWord(XsaveHeader.XSTATE_BV, saved),
    headerWord(XsaveHeader.XCOMP_BV, requested | COMPACTED),
  ]);
  return undefined;
}

const compactOfUser =
  (wide: boolean): SlowPath =>
  (cpu) => {
    requireXsave(cpu.state);
    return saveCompacted(cpu, requestedOfUser(cpu.state), wide);
  };
export const xsavec = compactOfUser(false);
export const xsavec64 = compactOfUser(true);

const compactOfSupervisor =
  (wide: boolean): SlowPath =>
  (cpu) => {
    cpu.guestMode.requireEnabled('XSAVES');
    requireXsave(cpu.state);
    cpu.requirePrivilege(0);
    if (cpu.guestMode.xsaves()) return 'left';
    return saveCompacted(cpu, requestedOfSupervisor(cpu.state), wide);
  };
export const xsaves = compactOfSupervisor(false);
export const xsaves64 = compactOfSupervisor(true);

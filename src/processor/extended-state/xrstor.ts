import { MXCSR_INITIAL } from '../../isa/registers/floating-point';
import { Xcr0 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { COMPACTED, LegacyRegion, XsaveHeader, compactedLayout } from '../../isa/xsave-area';
import { generalProtection } from '../faults';
import { xsaveHeader } from '../reasons/registers';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { Units } from '../state/layout';
import type { CpuState } from '../state/cpu-state';
import { requireXsave } from './availability';
import { STATE_COMPONENTS, type StateComponent } from './components';
import { StateImage } from './image';
import { checkMxcsr, clearHalves, halvesSize, loadHalves } from './vector-image';
import { initializeX87, loadX87 } from './x87-image';
import { requestedOfSupervisor, requestedOfUser } from './xsave';

/** XRSTOR and XRSTORS (SDM 1 13.8, 13.12). */

const VECTORS = Xcr0.SSE | Xcr0.AVX;

/** What the header says. */
interface Header {
  /** XSTATE_BV: the components that the area holds; others that are asked for are initialized. */
  readonly held: bigint;
  /** XCOMP_BV: the format. */
  readonly format: bigint;
}

/** What a header may say. */
interface Allowed {
  /** Components that it may name. */
  readonly supported: bigint;
  /** Whether the processor has the compacted format at all, and whether it wants nothing else. */
  readonly compaction: boolean;
  readonly compactedOnly: boolean;
}

function readHeader(image: StateImage, { supported, compaction, compactedOnly }: Allowed): Header {
  const held = image.word(XsaveHeader.XSTATE_BV);
  const format = image.word(XsaveHeader.XCOMP_BV);
  if (format & COMPACTED) {
    if (!compaction) throw refused('XCOMP_BV', format);
    const components = format & ~COMPACTED;
    if (components & ~supported) throw refused('XCOMP_BV', components & ~supported);
    if (held & ~components) throw refused('XSTATE_BV', held & ~components);
    const rest = image.read(XsaveHeader.RESERVED, XsaveHeader.END - XsaveHeader.RESERVED);
    if (rest.some((byte) => byte !== 0)) throw refused('bytes 63:16', 1n);
  } else {
    if (compactedOnly) throw refused('XCOMP_BV[63]', 0n);
    if (held & ~supported) throw refused('XSTATE_BV', held & ~supported);
    const reserved = format | image.word(XsaveHeader.RESERVED);
    if (reserved) throw refused('bytes 23:8', reserved);
  }
  return { held, format };
}

const refused = (field: string, found: bigint) => generalProtection(xsaveHeader(field, found));

interface Restored {
  readonly component: StateComponent;
  readonly bytes: Uint8Array | undefined;
}

/**
 * Restores what is asked for: everything is read and checked before a register changes.
 * @param supported which components the header may name
 */
function restore(
  cpu: InstructionContext,
  requested: bigint,
  supported: bigint,
  { wide, compactedOnly }: { wide: boolean; compactedOnly: boolean },
): undefined {
  const { state } = cpu;
  const image = new StateImage(cpu, 64);
  const compaction = state.profile.has('XSAVEC');
  const { held, format } = readHeader(image, { supported, compaction, compactedOnly });
  const compacted = (format & COMPACTED) !== 0n;
  const loaded = requested & held;
  const { offsets } = compactedLayout(format);
  // The standard form treats MXCSR as no part of SSE, for AVX needs it, too (SDM 1 13.8.1).
  const loadsMxcsr = (compacted ? loaded & Xcr0.SSE : requested & VECTORS) !== 0n;
  const legacy = image.read(0, LegacyRegion.XMM_REGISTERS + halvesSize(state));
  const mxcsr = new DataView(legacy.buffer).getUint32(LegacyRegion.MXCSR, true);
  if (loadsMxcsr) checkMxcsr(mxcsr);
  const extended = STATE_COMPONENTS.filter(({ mask }) => requested & mask).map(
    (component): Restored => {
      const offset = compacted ? offsets.get(component.number) : component.offset;
      const isHeld = (loaded & component.mask) !== 0n && offset !== undefined;
      return {
        component,
        bytes: isHeld ? image.read(offset, component.loadSize(state)) : undefined,
      };
    },
  );

  if (loaded & Xcr0.X87) loadX87(state, legacy, wide);
  else if (requested & Xcr0.X87) initializeX87(state);
  if (loaded & Xcr0.SSE) loadHalves(state, 'lower', legacy.subarray(LegacyRegion.XMM_REGISTERS));
  else if (requested & Xcr0.SSE) clearHalves(state, 'lower');
  if (loadsMxcsr) state.setSlot(Units.MXCSR, BigInt(mxcsr));
  else if (requested & Xcr0.SSE) state.setSlot(Units.MXCSR, MXCSR_INITIAL);
  for (const { component, bytes } of extended) {
    if (bytes) component.load(cpu, bytes);
    else component.initialize(cpu);
  }
  return undefined;
}

const xrstorOf =
  (wide: boolean): SlowPath =>
  (cpu) => {
    const { state } = cpu;
    requireXsave(state);
    const xcr0 = state.slot(Units.XCR0);
    return restore(cpu, requestedOfUser(state), xcr0, { wide, compactedOnly: false });
  };
export const xrstor = xrstorOf(false);
export const xrstor64 = xrstorOf(true);

const supervisorComponents = (state: CpuState): bigint =>
  state.slot(Units.XCR0) | state.msr(Msr.XSS);

const xrstorsOf =
  (wide: boolean): SlowPath =>
  (cpu) => {
    const { state } = cpu;
    cpu.guestMode.requireEnabled('XRSTORS');
    requireXsave(state);
    cpu.requirePrivilege(0);
    if (cpu.guestMode.xrstors()) return 'left';
    return restore(cpu, requestedOfSupervisor(state), supervisorComponents(state), {
      wide,
      compactedOnly: true,
    });
  };
export const xrstors = xrstorsOf(false);
export const xrstors64 = xrstorsOf(true);

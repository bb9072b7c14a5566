import { Xcr0 } from '../../isa/registers/control';
import { EXTENDED_COMPONENTS, type ExtendedComponent } from '../../isa/xsave-area';
import type { InstructionContext } from '../execution/instruction-context';
import type { CpuState } from '../state/cpu-state';
import {
  clearHalves,
  halvesInUse,
  halvesSize,
  loadHalves,
  mxcsrInUse,
  saveHalves,
} from './vector-image';
import { x87InUse } from './x87-image';

/** State components of the extended region: what they hold, and when they are in use (SDM 1 13.5, 13.6). */
export interface StateComponent extends ExtendedComponent {
  save(state: CpuState): Uint8Array;
  /** How many bytes of the component are loaded: outside 64-bit mode fewer than it has. */
  loadSize(state: CpuState): number;
  load(cpu: InstructionContext, bytes: Uint8Array): void;
  initialize(cpu: InstructionContext): void;
  inUse(state: CpuState): boolean;
}

type Contents = Omit<StateComponent, keyof ExtendedComponent>;

const AVX: Contents = {
  save: (state) => saveHalves(state, 'upper'),
  loadSize: halvesSize,
  load: ({ state }, bytes) => {
    loadHalves(state, 'upper', bytes);
  },
  initialize: ({ state }) => {
    clearHalves(state, 'upper');
  },
  inUse: (state) => halvesInUse(state, 'upper'),
};

/** 4 bytes, and 4 that are not used. */
const PKRU: Contents = {
  save: (state) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setUint32(0, Number(state.pkru), true);
    return bytes;
  },
  loadSize: () => 8,
  load: ({ mmu }, bytes) => {
    mmu.setPkru(BigInt(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)));
  },
  initialize: ({ mmu }) => {
    mmu.setPkru(0n);
  },
  inUse: (state) => state.pkru !== 0n,
};

const CONTENTS = new Map([
  [Xcr0.AVX, AVX],
  [Xcr0.PKRU, PKRU],
]);

export const STATE_COMPONENTS: readonly StateComponent[] = EXTENDED_COMPONENTS.map((row) => {
  const contents = CONTENTS.get(row.mask);
  if (!contents) throw new RangeError(`no component ${String(row.number)}`);
  return { ...row, ...contents };
});

/**
 * XINUSE: the components that are not in their initial configuration. MXCSR counts for SSE
 * in some instructions only (SDM 1 13.6). The processor computes it from the values; another may tell of a component that is
 * not in use any more.
 */
export function componentsInUse(state: CpuState, countsMxcsr: boolean): bigint {
  let used = x87InUse(state) ? Xcr0.X87 : 0n;
  if (halvesInUse(state, 'lower') || (countsMxcsr && mxcsrInUse(state))) used |= Xcr0.SSE;
  for (const { mask, inUse } of STATE_COMPONENTS) if (inUse(state)) used |= mask;
  return used;
}

/** EDX:EAX, with which instructions ask for components. */
export function requestedComponents(state: CpuState): bigint {
  return ((state.gpr(2) & 0xffffffffn) << 32n) | (state.gpr(0) & 0xffffffffn);
}

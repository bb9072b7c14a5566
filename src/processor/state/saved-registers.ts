import type {
  ActivityState,
  CpuState,
  MonitoredLine,
  SegmentRegister,
  TableRegister,
} from './cpu-state';

/** The registers of one processor as values, whatever slots they lie in. */
export interface SavedRegisters {
  readonly general: readonly bigint[];
  readonly rip: bigint;
  readonly rflags: bigint;
  /** CR0, CR2, CR3, CR4, CR8. */
  readonly control: readonly bigint[];
  readonly efer: bigint;
  readonly segments: readonly SegmentRegister[];
  readonly gdtr: TableRegister;
  readonly idtr: TableRegister;
  readonly pdptes: BigUint64Array;
  readonly debug: BigUint64Array;
  /** The x87 and vector units, as `Units` in layout.ts lays them out. */
  readonly units: Uint8Array;
  /** Model-specific registers that are plain storage, by rising number. */
  readonly msrs: readonly (readonly [number: number, value: bigint])[];
  readonly activity: ActivityState;
  readonly monitored: MonitoredLine | undefined;
  readonly random: bigint;
  readonly interruptShadow: CpuState['interruptShadow'];
  readonly nmiBlocked: boolean;
  readonly pendingDebug: number;
}

const indices = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

export function saveRegisters(state: CpuState): SavedRegisters {
  const { cr0, cr2, cr3, cr4, cr8 } = state;
  return {
    general: indices(16).map((index) => state.gpr(index)),
    rip: state.rip,
    rflags: state.rflags,
    control: [cr0, cr2, cr3, cr4, cr8],
    efer: state.efer,
    segments: indices(8).map((index) => state.segment(index)),
    gdtr: state.gdtr,
    idtr: state.idtr,
    pdptes: state.pdptes.slice(),
    debug: state.dr.slice(),
    units: state.units.slice(),
    msrs: state.storedMsrs(),
    activity: state.activity,
    monitored: state.monitored,
    random: state.random,
    interruptShadow: state.interruptShadow,
    nmiBlocked: state.nmiBlocked,
    pendingDebug: state.pendingDebug,
  };
}

/** Whoever calls sees to what is derived from the registers. */
export function restoreRegisters(state: CpuState, saved: SavedRegisters): void {
  saved.general.forEach((value, index) => {
    state.setGpr(index, value);
  });
  state.rip = saved.rip;
  state.rflags = saved.rflags;
  const [cr0 = 0n, cr2 = 0n, cr3 = 0n, cr4 = 0n, cr8 = 0n] = saved.control;
  Object.assign(state, { cr0, cr2, cr3, cr4, cr8, efer: saved.efer });
  saved.segments.forEach((register, index) => {
    state.setSegment(index, register);
  });
  state.gdtr = saved.gdtr;
  state.idtr = saved.idtr;
  state.pdptes.set(saved.pdptes);
  state.dr.set(saved.debug);
  state.units.set(saved.units);
  state.resetMsrs();
  for (const [number, value] of saved.msrs) state.setMsr(number, value);
  state.activity = saved.activity;
  state.monitored = saved.monitored;
  state.random = saved.random;
  state.interruptShadow = saved.interruptShadow;
  state.nmiBlocked = saved.nmiBlocked;
  state.pendingDebug = saved.pendingDebug;
}

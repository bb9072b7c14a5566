import { ApicBase } from '../isa/registers/msr-fields';
import { Msr } from '../isa/registers/msr';
import type { ProcessorSignal } from '../processor/events/external-signals';
import type { CpuState } from '../processor/state/cpu-state';

/** What of a processor belongs to its local APIC. */
export interface ProcessorApic {
  /** CR8. */
  taskPriority: number;
  readonly apicEnabled: boolean;
  readonly x2apic: boolean;
  /** The physical address of its page of registers; undefined while none lies in memory. */
  readonly apicPage: number | undefined;
  /** The TSC without the time. */
  readonly timeStampOffset: bigint;
  /** What the processor itself has to deal with. Undefined: a monitor's guest has nobody who does. */
  readonly receive?: (signal: ProcessorSignal) => void;
}

/** Where the registers are that belong to it. */
export type ApicOwner = Pick<CpuState, 'cr8' | 'msr'>;

/** @param base what IA32_APIC_BASE holds for whoever sees the local APIC */
export const apicOf = (
  state: () => ApicOwner,
  base: () => bigint = () => state().msr(Msr.APIC_BASE),
): ProcessorApic => ({
  get taskPriority() {
    return Number(state().cr8);
  },
  set taskPriority(value) {
    state().cr8 = BigInt(value);
  },
  get apicEnabled() {
    return (base() & ApicBase.EN) !== 0n;
  },
  get x2apic() {
    return (base() & ApicBase.EXTD) !== 0n;
  },
  get apicPage() {
    return apicPageOf(base());
  },
  get timeStampOffset() {
    return state().msr(Msr.TSC);
  },
});

/** In x2APIC mode nobody answers in memory (SDM 3A 11.12.2), nor while it is disabled. */
export const apicPageOf = (base: bigint): number | undefined =>
  (base & (ApicBase.EN | ApicBase.EXTD)) === ApicBase.EN
    ? Number(base & ApicBase.ADDRESS)
    : undefined;

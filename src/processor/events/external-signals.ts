import { Vector } from '../../isa/exceptions';
import type { Bus } from '../bus';
import type { EventIntercepts } from '../guest-mode/guest-mode';
import type { Persistent } from '../persistent';
import type { CpuState } from '../state/cpu-state';
import type { InterruptEvent } from './event';
import type { StartSignal } from './start-up';

/** What comes to the processor by a pin of its own, or as a message of local APICs, and RFLAGS.IF does not mask. */
export type ExternalSignal = 'NMI' | 'SMI';

/** All that a local APIC hands on to its processor, which no priority holds back. */
export type ProcessorSignal = { readonly kind: ExternalSignal } | StartSignal;

/** The signals that wait for the end of an instruction, or of what holds them. */
export interface ExternalSignalsState {
  readonly nmi: boolean;
  readonly smi: boolean;
}

/** The processor as the signals find it. */
export interface SignalContext {
  readonly state: CpuState;
  readonly guestMode: EventIntercepts;
  /** Interrupts wait, while a debugger steps. */
  readonly holdInterrupts: boolean;
  readonly bus: Pick<Bus, 'interruptRequested' | 'acknowledgeInterrupt'>;
  /** Whether an external interrupt would be taken. */
  readonly acceptsInterrupts: boolean;
  deliver(event: InterruptEvent): void;
  /** It comes back to what is between two instructions after the present one. */
  endStretch(): void;
}

/**
 * Non-maskable and system-management interrupts (SDM 3A 6.7, 11.6.1; APM 2 15.13). Of each, one is remembered however
 * often it comes. There is no system-management mode: the handler of SMIs is as if it were RSM alone.
 */
export class ExternalSignals implements Persistent<ExternalSignalsState> {
  private nmi = false;
  private smi = false;

  constructor(private readonly cpu: SignalContext) {}

  /** One has come, or is left for the host by an exit: it is dealt with after the present instruction. */
  raise(signal: ExternalSignal): void {
    if (signal === 'NMI') this.nmi = true;
    else this.smi = true;
    this.cpu.endStretch();
  }

  /** An SMI comes before all other events between two instructions (SDM 3A table 6-2). WorldSwitch tells of an exit. */
  takeSmi(): void {
    if (!this.smi || this.held) return;
    this.smi = false;
    this.cpu.guestMode.smi();
  }

  /** An NMI that nothing blocks is delivered, or leaves guest mode, which WorldSwitch tells. */
  takeNmi(): void {
    const { state, guestMode } = this.cpu;
    if (!this.nmi || this.held || state.interruptShadow !== 'none') return;
    if (state.nmiBlocked && !guestMode.hasVirtualNmis) return;
    this.nmi = false;
    const event = { kind: 'NMI', vector: Vector.NMI, returnRip: state.rip } as const;
    if (!guestMode.nmi(event)) this.cpu.deliver(event);
  }

  /** An interrupt that devices request (SDM 3A 6.3). */
  takeInterrupt(): void {
    const { bus, guestMode, state } = this.cpu;
    if (!this.cpu.acceptsInterrupts || !bus.interruptRequested()) return;
    if (guestMode.externalInterrupt()) return;
    const vector = bus.acknowledgeInterrupt();
    this.cpu.deliver({ kind: 'external-interrupt', vector, returnRip: state.rip });
  }

  private get held(): boolean {
    const { holdInterrupts, guestMode, state } = this.cpu;
    return holdInterrupts || guestMode.holdsSignals || state.activity === 'wait-for-SIPI';
  }

  /** Whether an NMI or SMI has come that nothing holds. */
  get isDue(): boolean {
    if (this.held) return false;
    const { state, guestMode } = this.cpu;
    return this.smi || (this.nmi && (!state.nmiBlocked || guestMode.hasVirtualNmis));
  }

  save(): ExternalSignalsState {
    return { nmi: this.nmi, smi: this.smi };
  }

  restore({ nmi, smi }: ExternalSignalsState): void {
    this.nmi = nmi;
    this.smi = smi;
  }

  reset(): void {
    this.nmi = this.smi = false;
  }
}

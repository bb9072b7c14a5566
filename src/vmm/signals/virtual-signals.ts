import type { ProcessorSignal } from '../../processor/events/external-signals';
import type { Persistent } from '../../processor/persistent';

/** What a virtual processor has to deal with before it is entered again. */
export type DueSignal = 'INIT' | 'start-up' | 'NMI' | 'nothing until a start-up IPI' | undefined;

/** How a virtual processor rests in HLT. */
export interface VirtualSleep {
  /** With RFLAGS.IF = 1: interrupts wake it. */
  readonly hearsInterrupts: boolean;
  /** NMIs do not wake it, as it is in the handler of one. */
  readonly blocksNmis: boolean;
}

export interface VirtualSignalsState {
  readonly waitsForStartUp: boolean;
  readonly sleep: VirtualSleep | undefined;
  readonly init: boolean;
  readonly vector: number | undefined;
  readonly nmi: boolean;
}

/**
 * What other virtual processors tell one by messages of their local APICs that no priority holds back, and whether it
 * waits for them: no hardware of VT-x or SVM has a part in it. A virtual processor that waits for a start-up IPI (SDM 3A
 * 9.4) or rests in HLT is not entered. There is no system-management mode: SMIs are as if their handler were RSM alone.
 */
export class VirtualSignals implements Persistent<VirtualSignalsState> {
  private waitsForStartUp: boolean;
  private sleep: VirtualSleep | undefined;
  private init = false;
  /** Of a start-up IPI that has come: the page below 1 MByte where execution begins. */
  private vector: number | undefined;
  private nmi = false;

  constructor(
    /** Whether it begins by itself, and after INIT in the firmware. */
    private readonly isBootstrap: boolean,
  ) {
    this.waitsForStartUp = !isBootstrap;
  }

  /** An INIT stays until it is dealt with, as an NMI does; a start-up IPI that nobody waits for is lost (SDM 3A 11.4.7.3). */
  receive(signal: ProcessorSignal): void {
    if (signal.kind === 'INIT') this.init = true;
    else if (signal.kind === 'NMI') this.nmi = true;
    else if (signal.kind === 'start-up' && (this.waitsForStartUp || this.init)) {
      this.vector = signal.vector;
    }
  }

  get due(): DueSignal {
    if (this.init) return 'INIT';
    if (!this.waitsForStartUp) return this.nmi ? 'NMI' : undefined;
    return this.vector === undefined ? 'nothing until a start-up IPI' : 'start-up';
  }

  /** Whether anything has come for which it goes on, if it rests. */
  get isDue(): boolean {
    if (this.init) return true;
    if (this.waitsForStartUp) return this.vector !== undefined;
    return this.nmi && this.sleep?.blocksNmis !== true;
  }

  /** Whether interrupts end its rest. */
  get hearsInterrupts(): boolean {
    return !this.waitsForStartUp && this.sleep?.hearsInterrupts !== false;
  }

  /** Whether nothing will end its rest but messages, of which none has come. */
  get isLost(): boolean {
    return !this.hearsInterrupts && !this.isDue;
  }

  fallAsleep(sleep: VirtualSleep): void {
    this.sleep = sleep;
  }

  wakeUp(): void {
    this.sleep = undefined;
  }

  /** INIT is dealt with: all but the bootstrap processor wait for a start-up IPI. */
  takeInit(): void {
    this.init = false;
    this.waitsForStartUp = !this.isBootstrap;
    if (this.isBootstrap) this.vector = undefined;
  }

  /** It is started. @returns the vector of the start-up IPI, 8 bits */
  takeStartUp(): number {
    const { vector = 0 } = this;
    this.vector = undefined;
    this.waitsForStartUp = false;
    return vector;
  }

  takeNmi(): void {
    this.nmi = false;
  }

  save(): VirtualSignalsState {
    const { waitsForStartUp, sleep, init, vector, nmi } = this;
    return { waitsForStartUp, sleep, init, vector, nmi };
  }

  restore({ waitsForStartUp, sleep, init, vector, nmi }: VirtualSignalsState): void {
    this.waitsForStartUp = waitsForStartUp;
    this.sleep = sleep;
    this.init = init;
    this.vector = vector;
    this.nmi = nmi;
  }
}

import { RESET } from '../../isa/reset';
import { ApicBase } from '../../isa/registers/msr-fields';
import { Msr } from '../../isa/registers/msr';
import { SegmentRights } from '../../isa/access-rights';
import type { GuestModeHost } from '../guest-mode/host';
import type { Persistent } from '../persistent';
import { CS } from '../state/layout';
import { initializeState } from '../state/reset';

/** The vector of a start-up IPI has 8 bits: it is the page below 1 MByte at which execution begins. */
export type StartSignal =
  { readonly kind: 'INIT' } | { readonly kind: 'start-up'; readonly vector: number };

/** What has come and was not yet dealt with. */
export interface StartUpState {
  readonly init: boolean;
  readonly vector: number | undefined;
}

/**
 * INIT signals and start-up IPIs, by which processors start each other (SDM 3A 9.4, 11.4.7.3). Both are dealt with
 * between two instructions. An INIT that is held off stays; a start-up IPI that nobody waits for is lost.
 */
export class StartUp implements Persistent<StartUpState> {
  private init = false;
  private vector: number | undefined;

  constructor(
    private readonly cpu: GuestModeHost,
    /** The processor is as after INIT: it leaves guest mode, and forgets its translations. */
    private readonly onInit: () => void,
  ) {}

  /** Whether anything has come. A processor that waits for it must have its turn. */
  get isDue(): boolean {
    return this.vector !== undefined || (this.init && !this.held);
  }

  /** VMX root operation and the wait-for-SIPI state block INIT (SDM 3C 24.8, 26.2), GIF holds it off (APM 2 table 15-10). */
  private get held(): boolean {
    const { state, vmx, svm, guestMode } = this.cpu;
    if (guestMode.active && state.activity === 'wait-for-SIPI') return true;
    return (vmx.inOperation && !guestMode.active) || !svm.globalInterruptFlag;
  }

  /** It is dealt with after the present instruction. */
  receive(signal: StartSignal): void {
    const { state } = this.cpu;
    if (signal.kind === 'INIT') this.init = true;
    else if (state.activity === 'wait-for-SIPI' || this.init) this.vector = signal.vector;
    this.cpu.endStretch();
  }

  /** Before an instruction. @returns whether guest mode was left. @throws WorldSwitch for the same */
  boundary(): boolean {
    const { cpu } = this;
    if (this.init && !this.held) {
      this.init = false;
      if (cpu.guestMode.initSignal()) return true;
      this.initialize();
    }
    const { vector } = this;
    this.vector = undefined;
    if (vector === undefined || cpu.state.activity !== 'wait-for-SIPI') return false;
    if (cpu.guestMode.startUpIpi(vector)) return true;
    this.start(vector);
    return false;
  }

  /** The bootstrap processor begins as after RESET; the others wait for a start-up IPI. */
  private initialize(): void {
    const { state } = this.cpu;
    initializeState(state);
    this.cpu.bus.apic?.initialize();
    this.onInit();
    if ((state.msr(Msr.APIC_BASE) & ApicBase.BSP) === 0n) state.activity = 'wait-for-SIPI';
  }

  /** Real mode at VV000H (SDM 3A 9.4.4). */
  private start(vector: number): void {
    const { cpu } = this;
    cpu.state.setSegment(CS, {
      ...RESET.cs,
      selector: vector << 8,
      base: BigInt(vector << 12),
      accessRights: SegmentRights.REAL_MODE_CODE,
    });
    cpu.state.rip = 0n;
    cpu.state.activity = 'active';
    cpu.updateDerivedState();
  }

  save(): StartUpState {
    return { init: this.init, vector: this.vector };
  }

  restore({ init, vector }: StartUpState): void {
    this.init = init;
    this.vector = vector;
  }

  reset(): void {
    this.init = false;
    this.vector = undefined;
  }
}

import { Msr } from '../../isa/registers/msr';
import type { GuestModeHost } from '../guest-mode/host';
import { ROOT_OPERATION } from '../guest-mode/root-operation';
import type { Persistent } from '../persistent';
import type { SvmCapabilities } from './entry-checks';
import { INTERRUPTS_HELD } from './held-interrupts';
import { SvmGuest, type SvmGuestState } from './svm-guest';
import { Vmcb } from './vmcb';
import { enterGuest } from './vmrun';
import type { VmrunFailure } from './vmrun-failures';

/** The SVM state of a processor outside its VMCBs. */
export interface SvmState {
  readonly globalInterruptFlag: boolean;
  /** Host-physical address of the VMCB of the last VMRUN. */
  readonly current: number | undefined;
  /** In guest mode. */
  readonly guest: SvmGuestState | undefined;
}

const NO_FAILURES: readonly VmrunFailure[] = [];

/** The SVM state of a processor outside its VMCBs, and what the instructions of SVM do with it. */
export class SvmUnit implements Persistent<SvmState> {
  /** Why the last VMRUN did not enter the guest, check by check. */
  entryFailures = NO_FAILURES;
  private guest: SvmGuest | undefined;
  private flag = true;

  constructor(
    private readonly cpu: GuestModeHost,
    readonly capabilities: SvmCapabilities,
  ) {}

  /** GIF (APM 2 15.17): while it is 0, interrupts are held. */
  get globalInterruptFlag(): boolean {
    return this.flag;
  }

  /** The VMCB of the last VMRUN, in simulated physical memory: what the guest runs by, or its last exit. */
  get current(): Vmcb | undefined {
    return this.guest?.vmcb;
  }

  /** The guest of the last VMRUN. */
  get currentGuest(): SvmGuest | undefined {
    return this.guest;
  }

  /** Whether the processor is in guest mode. */
  get inGuest(): boolean {
    return this.guest !== undefined && this.cpu.guestMode === this.guest;
  }

  /** Where VMRUN saves the host's state. */
  get hostSaveArea(): Vmcb {
    return new Vmcb(this.cpu.physical, Number(this.cpu.state.msr(Msr.VM_HSAVE_PA)));
  }

  reset(): void {
    this.guest = undefined;
    this.flag = true;
    this.entryFailures = NO_FAILURES;
  }

  save(): SvmState {
    const { flag, guest, inGuest } = this;
    return {
      globalInterruptFlag: flag,
      current: guest?.vmcb.address,
      guest: inGuest ? guest?.save() : undefined,
    };
  }

  /** After that of VMX, which has left guest mode. */
  restore({ globalInterruptFlag, current, guest }: SvmState): void {
    this.reset();
    this.flag = globalInterruptFlag;
    if (current !== undefined) this.activate(current);
    if (this.guest && guest) {
      this.guest.restore(guest);
      this.cpu.guestMode = this.guest;
      this.guest.translate();
    } else if (!globalInterruptFlag) this.cpu.guestMode = INTERRUPTS_HELD;
  }

  /** VMRUN with the address of a VMCB; see `enterGuest`. */
  enter(address: number): void {
    enterGuest(this.cpu, address);
  }

  /** The guest of a VMCB, as from now on the last one. */
  activate(address: number): SvmGuest {
    if (this.guest?.vmcb.address === address) return this.guest;
    return (this.guest = new SvmGuest(this.cpu, new Vmcb(this.cpu.physical, address)));
  }

  /** VMRUN has loaded the guest: its mode is in force, and interrupts are held no more. */
  enterMode(): void {
    this.flag = true;
    if (this.guest) this.cpu.guestMode = this.guest;
  }

  /** #VMEXIT: the processor is in the host, and interrupts are held. */
  leave(): void {
    this.flag = false;
    this.cpu.guestMode = INTERRUPTS_HELD;
  }

  /** WRMSR has left EFER.SVME set. */
  enabled(): void {
    this.cpu.observer.svmEnabled?.();
  }

  /** VMLOAD or VMSAVE has been done with a VMCB. */
  hiddenMoved(instruction: 'VMLOAD' | 'VMSAVE', vmcb: number): void {
    this.cpu.observer.hiddenMoved?.(instruction, vmcb);
  }

  /** STGI and CLGI. */
  setGlobalInterruptFlag(on: boolean): void {
    if (this.inGuest) {
      if (!this.guest?.setGlobalInterruptFlag(on)) this.flag = on;
      return;
    }
    this.flag = on;
    this.cpu.guestMode = on ? ROOT_OPERATION : INTERRUPTS_HELD;
  }
}

import { WorldSwitch } from '../faults';
import type { GuestModeHost } from '../guest-mode/host';
import type { Vmcb } from './vmcb';
import { exitGuest, type ExitInformation } from './vmexit';

/** Thrown after a #VMEXIT out of the middle of something. */
export const VMEXIT = new WorldSwitch('#VMEXIT');

/** How instructions and events leave SVM's guest mode, and the intercepts that they ask first. */
export abstract class GuestExits {
  constructor(
    protected readonly cpu: GuestModeHost,
    readonly vmcb: Vmcb,
  ) {}

  /** A #VMEXIT out of the middle of an instruction or an event. */
  protected exit(information: ExitInformation): never {
    exitGuest(this.cpu, this.vmcb, information);
    throw VMEXIT;
  }

  /** A #VMEXIT instead of the current instruction. */
  protected leave(code: number, info1 = 0n, info2 = 0n): true {
    exitGuest(this.cpu, this.vmcb, { code, info1, info2, nextRip: this.cpu.nextRip });
    return true;
  }

  /** The same if the intercept is set; tells whether it is. */
  protected leaveIf(code: number, info1 = 0n): boolean {
    return this.vmcb.intercepts(code) && this.leave(code, info1);
  }

  /** The same for instructions of which one step has to leave. */
  protected exitIf(code: number, info1 = 0n): void {
    if (this.leaveIf(code, info1)) throw VMEXIT;
  }
}

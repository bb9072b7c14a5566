import { WorldSwitch } from '../faults';
import type { GuestModeHost } from '../guest-mode/host';
import { NO_CONTROLS } from './controls';
import type { Vmcs } from './vmcs';
import { exitGuest, type ExitInformation } from './vm-exit';

/** Thrown after a VM exit out of the middle of something. */
export const VM_EXIT = new WorldSwitch('VM exit');

/** How instructions and events leave VMX non-root operation, and the controls that they ask first. */
export abstract class NonRootExits {
  constructor(
    protected readonly cpu: GuestModeHost,
    protected readonly vmcs: Vmcs,
  ) {}

  /** Those that are in force since the last VM entry. */
  protected controls = NO_CONTROLS;

  protected primary(mask: number): boolean {
    return (this.controls.primary & mask) !== 0;
  }

  protected secondary(mask: number): boolean {
    return (this.controls.secondary & mask) !== 0;
  }

  /** A VM exit out of the middle of an instruction or an event. */
  exit(information: ExitInformation): never {
    this.leave(information);
    throw VM_EXIT;
  }

  /** A VM exit instead of the current instruction. */
  protected leaveInstruction(
    reason: number,
    qualification: bigint | undefined = undefined,
    instructionInformation = 0,
    guestLinear: bigint | undefined = undefined,
  ): true {
    const instructionLength = this.cpu.instruction.length;
    return this.leave({
      reason,
      qualification,
      instructionLength,
      instructionInformation,
      guestLinear,
    });
  }

  private leave(information: ExitInformation): true {
    this.saveTimer();
    exitGuest(this.cpu, this.vmcs, this.controls, information);
    return true;
  }

  /** The VMX-preemption timer's value is saved when the exit controls ask for it (SDM 3C 26.5.1). */
  protected abstract saveTimer(): void;
}

import { WorldSwitch } from '../faults';
import type { GuestModeHost } from '../guest-mode/host';
import { NO_CONTROLS } from './controls';
import type { Vmcs } from './vmcs';
import { exitGuest, type ExitInformation } from './vm-exit';

const VM_EXIT = new WorldSwitch('VM exit');

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

  /** A VM exit. */
  exit(information: ExitInformation): never {
    this.saveTimer();
    exitGuest(this.cpu, this.vmcs, this.controls, information);
    throw VM_EXIT;
  }

  /** A VM exit because of the current instruction. */
  protected exitInstruction(
    reason: number,
    qualification = 0n,
    more: Partial<ExitInformation> = {},
  ): never {
    const instructionLength = this.cpu.instruction.length;
    return this.exit({ reason, qualification, instructionLength, ...more });
  }

  /** The VMX-preemption timer's value is saved when the exit controls ask for it (SDM 3C 26.5.1). */
  protected abstract saveTimer(): void;
}

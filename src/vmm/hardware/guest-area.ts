import type { ApicOwner } from '../../machine/processor-apic';
import type { InterruptEvent } from '../../processor/events/event';
import type { EmulatedState } from '../emulator/instruction-emulator';
import type { GuestControls } from './guest-paging';

/**
 * Where the registers of a guest lie that the processor runs in guest mode, while it does not: in the guest-state area of a
 * VMCS, or in a VMCB, with what stands beside it. Software that does an instruction for the guest takes them from there.
 */
export interface GuestArea {
  /** The control registers as the guest knows them. */
  readonly controls: GuestControls;
  readonly rflags: bigint;
  /** Whether it is in privilege level 3. */
  readonly isUser: boolean;
  /** The registers that belong to the guest's local APIC. */
  readonly apic: ApicOwner;
  /** A general register that transitions switch (0 = RAX … 15 = R15); undefined for one that the monitor saves. */
  gpr(index: number): bigint | undefined;
  /** @returns whether it is one of them */
  setGpr(index: number, value: bigint): boolean;
  /** The guest goes on there: its instruction has been done for it, and RF is over with it. */
  complete(next: bigint): void;
  /** An event as the processor tells what it was delivering; undefined for what is none. */
  event(information: bigint, errorCode: bigint): InterruptEvent | undefined;
  /**
   * All that an instruction works on.
   *
   * @param saved the general registers as the monitor has saved them
   * @param units the x87 and vector registers, which stay in the processor
   */
  registers(saved: readonly bigint[], units: Uint8Array): EmulatedState;
  /**
   * Stores what an instruction has changed, but for general registers that the monitor saves.
   *
   * @returns whether linear addresses may lead elsewhere
   */
  store(before: EmulatedState, after: EmulatedState): boolean;
}

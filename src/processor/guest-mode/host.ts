import type { InterruptEvent } from '../events/event';
import type { ExternalSignals } from '../events/external-signals';
import type { InstructionContext } from '../execution/instruction-context';
import type { ProcessorCaches } from '../execution/memory-caches';
import type { ProcessorObserver } from '../stop';
import type { AddressSpaces } from './address-spaces';
import type { GuestMode } from './guest-mode';

/** The guest's address space, as far as translations may outlive a transition. */
export interface GuestAddressSpace {
  /** VPID or ASID; 0 when translations are not tagged. */
  readonly tag: number;
  /** Where second-level translation begins: EPTP, nCR3. */
  readonly root: bigint;
  /** The page that guest mode guards, by its host-physical address. */
  readonly guarded?: number | undefined;
}

/** What an implementation of guest mode needs of the processor that it switches. */
export interface GuestModeHost extends InstructionContext {
  guestMode: GuestMode;
  readonly observer: ProcessorObserver;
  readonly caches: ProcessorCaches;
  /** The event whose delivery is under way. */
  readonly eventInDelivery: InterruptEvent | undefined;
  /** What has been done since reset; see `Processor.work`. */
  readonly work: number;
  /** The length of the instruction at RIP, which an engine may be executing. */
  decodedLength(): number;
  /** `EventIntercepts` are asked again right after the present instruction. */
  endStretch(): void;
  /** Up to 15 bytes of what lies at RIP, without any trace; fewer where they cannot be read. */
  instructionBytes(): Uint8Array;
  /** External interrupts wait, while a debugger steps. */
  readonly holdInterrupts: boolean;
  /** NMIs and SMIs that wait; guest mode may have an NMI taken before what comes after those. */
  readonly signals: Pick<ExternalSignals, 'raise' | 'takeNmi'>;
  /** Delivers an event that the entry injects; exceptions are not intercepted. */
  inject(event: InterruptEvent): void;
  /** A transition has happened: no delivery is under way any more. */
  endDelivery(): void;
  /** Which translations survive a transition. */
  readonly spaces: AddressSpaces;
  /** The host's registers have been loaded; `tagged` as in `AddressSpaces`. */
  enterRoot(tagged: boolean): void;
}

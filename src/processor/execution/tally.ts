import type { EventKind } from '../events/event';
import { UnansweredAccesses } from '../unanswered';

/**
 * What a processor has done that takes a real one more time than an instruction: counted where it happens slowly
 * anyway, and read by cost models. It is no state: no snapshot has it, and nothing depends on it.
 */
export class Tally {
  /** Instructions that a slow path has completed, by the number of their handler (`Rec.HANDLER`). */
  readonly instructions: Float64Array;
  /** MOV to and from control registers, by their number. */
  readonly controlWrites = new Float64Array(16);
  readonly controlReads = new Float64Array(16);
  /** Accesses and fetches whose translation had to be looked for in paging structures. */
  tlbMisses = 0;
  /** Entries that were read for that: of page tables, and of the second level (EPT). */
  walkReferences = 0;
  secondLevelReferences = 0;
  /** Events delivered through the IDT. */
  exceptions = 0;
  interrupts = 0;
  softwareInterrupts = 0;
  /** Exceptions that a VM entry has injected. */
  injectedExceptions = 0;
  /** Transitions of guest mode. */
  exits = 0;
  entries = 0;
  readonly unanswered = new UnansweredAccesses();

  /** @param handlers how many there are */
  constructor(handlers: number) {
    this.instructions = new Float64Array(handlers);
  }

  noteInstruction(handler: number): void {
    this.instructions[handler] = (this.instructions[handler] ?? 0) + 1;
  }

  noteControlRegister(number: number, write: boolean): void {
    const counts = write ? this.controlWrites : this.controlReads;
    counts[number] = (counts[number] ?? 0) + 1;
  }

  noteDelivery(kind: EventKind): void {
    if (kind === 'hardware-exception') this.exceptions++;
    else if (kind === 'external-interrupt' || kind === 'NMI') this.interrupts++;
    else this.softwareInterrupts++;
  }
}

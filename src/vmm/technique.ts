import type { Host } from './host/host';
import type { Handler } from './operation';
import type { Place } from './cpuid-answer';
import type { Turns } from './schedule/turns';

/**
 * The gate by which control comes to the monitor where the processor cannot run the guest. Nothing leads there
 * but whoever runs the machine: the gates of the gate page are numbered below it.
 */
export const EMULATION_GATE = 0x100;

/** The guest's part in the computer's processor. */
export interface ProcessorShare {
  /** Whether nobody has been prepared before it: what is to be done once is done for it. */
  readonly isFirst: boolean;
  readonly turns: Turns;
  /** Which of the guest's virtual processors it is for. */
  readonly place: Place;
}

/** What the monitor asks of a virtualization technique. */
export interface Technique {
  readonly name: string;
  /** Everything from power-on to the first entry into the guest. */
  prepare(): Handler;
  /** Control has come back from the guest by a gate: handles it and enters the guest again. */
  handle(gate: number): Handler;
  /** The guest has ended, and others go on. */
  retire(): Handler;
  /**
   * Where the processor cannot run the guest as it is now: the linear address of the guest's next instruction.
   * Control comes to `EMULATION_GATE` then, and its handler does this one instruction in software. It need not
   * enter the guest at its end; it tells `Progress.credit` what has been done.
   *
   * @returns undefined where the processor runs the guest
   */
  emulatedAt?(host: Host): bigint | undefined;
}

/**
 * Why an instruction that software was about to do is not done: somebody wants to look at the event that it raises
 * first, or nobody knows how to do it. Nothing has happened; the handler is called off.
 */
export type Undone =
  { readonly kind: 'raised' } | { readonly kind: 'not-implemented'; readonly what: string };

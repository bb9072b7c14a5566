import type { Handler } from './operation';

/** What the monitor asks of a virtualization technique. */
export interface Technique {
  readonly name: string;
  /** Everything from power-on to the first entry into the guest. */
  prepare(): Handler;
  /** Control has come back from the guest by a gate: handles it and enters the guest again. */
  handle(gate: number): Handler;
}

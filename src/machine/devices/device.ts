/**
 * What every device of the computer has in common. A device takes a configuration object, speaks to
 * the outside by the events in it, and knows neither the processor nor a screen.
 */

import type { Persistent } from '../../processor/persistent';

/** Widths of I/O instructions, in bytes. */
export type PortWidth = 1 | 2 | 4;

/** A run of neighbouring I/O ports. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
  /** The widest access the device takes in one piece; wider ones arrive byte by byte. */
  readonly widest: PortWidth;
}

export interface PortDevice {
  /** Unique in its computer. */
  readonly name: string;
  readonly ports: readonly PortRange[];
  /** Reads a value of `width` bytes; may have side effects, as on real hardware. */
  readPort(port: number, width: PortWidth): number;
  writePort(port: number, width: PortWidth, value: number): void;
}

/** A device whose whole state is a plain JSON value. */
export interface Stateful<State = unknown> extends Persistent<State> {
  /** The state after power-on. */
  reset(): void;
}

/** An interrupt line: called whenever its level changes. */
export type InterruptLine = (level: boolean) => void;

/** The ports `first` to `last`, byte by byte unless told otherwise. */
export function ports(first: number, last = first, widest: PortWidth = 1): PortRange {
  return { first, last, widest };
}

/**
 * A hole in virtualization: an instruction that shows or does something else in the ring where the guest really is
 * than where it believes to be, and that no trap tells the monitor of.
 */
export interface Hole {
  readonly kind: HoleKind;
  /** The manual's name of the instruction. */
  readonly mnemonic: string;
  /** RIP of the instruction, and its linear address. */
  readonly rip: bigint;
  readonly linear: bigint;
  /** What it gives, or leaves behind. */
  readonly found: bigint;
  /** What the processor would give that the guest believes to have. */
  readonly right: bigint;
}

export type HoleKind =
  /** A register of the machine's, readable in every ring, is the monitor's. */
  | 'machine-register'
  /** A selector tells the true ring (ring aliasing). */
  | 'ring'
  /** A descriptor does: its DPL, or what may be done with the segment. */
  | 'descriptor'
  /** Flags that are shown are the monitor's. */
  | 'flags-read'
  /** Flags that the guest wants to change stay as they are, without a fault. */
  | 'flags-kept'
  /** The processor says of itself what the virtual one has not. */
  | 'processor';

export const HOLE_KINDS: readonly HoleKind[] = [
  'machine-register',
  'ring',
  'descriptor',
  'flags-read',
  'flags-kept',
  'processor',
];

/** A look at a descriptor that is not allowed gives nothing. */
export const REFUSED = (1n << 64n) - 1n;

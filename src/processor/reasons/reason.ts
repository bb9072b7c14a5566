import type { ManualReference } from '../../isa/manual';

/**
 * Why the processor raised a fault: the check that failed, and on what. Every `Fault` has one. It is
 * for people, no part of the machine's state, and its words are made only when somebody asks.
 */
export interface Reason {
  /** Stable name of the check. */
  readonly check: string;
  /** Where the manual makes the check. */
  readonly section: ManualReference;
  /** What was wanted and what was found, in the user's language. */
  readonly words: () => string;
}

export function reason(check: string, section: ManualReference, words: () => string): Reason {
  return { check, section, words };
}

/** The same reason with one more sentence, known to whoever made the access. */
export function remarked(because: Reason, remark: () => string): Reason {
  return { ...because, words: () => `${because.words()}\n${remark()}` };
}

/** A value in hexadecimal. */
export const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

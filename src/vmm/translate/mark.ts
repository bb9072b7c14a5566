/** What an instruction in the translation cache stands for. */
export interface Mark {
  /** Offset in the cache. */
  readonly at: number;
  readonly kind:
    /** For an instruction of the guest's, or a part of it. */
    | 'instruction'
    /** For none: the guest is between two instructions. */
    | 'exit'
    /** The guest is at the end of an indirect branch, whose target the page of data holds. */
    | 'lookup';
  /** Of the guest's instruction. */
  readonly rip: bigint;
  /** Whether it is the first that stands for it. */
  readonly begins: boolean;
  /** Whether it completes it. */
  readonly counts: boolean;
  /** Registers of the guest's that lie in the page of data, in the order of its places. */
  readonly spilled: readonly number[];
  /** How many bytes the guest's stack has more than before the instruction. */
  readonly pushed: number;
  /** Whether the guest has set IF just before: interrupts wait until this instruction is done. */
  readonly afterSti: boolean;
}

/** A direct branch in the translation cache. */
export interface Branch {
  /** Offset of its distance, four bytes. */
  readonly at: number;
  /** Offset of where it leads while what it leads to is not translated. */
  stub: number;
  /** RIP in the guest. */
  readonly target: bigint;
}

/** The hypercalls that this monitor knows, by whatever technique: number in RAX, argument in RBX, result in RAX. */
export const Hypercall = {
  /** Prints the byte in BL. */
  CONSOLE_WRITE: 1,
  /** Ends the guest. */
  EXIT: 2,
} as const;

/** The result of a number that stands for none. */
export const NO_SUCH_CALL = (1n << 64n) - 1n;

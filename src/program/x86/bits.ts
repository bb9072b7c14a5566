/** The modes of code. */
export type Bits = 16 | 32 | 64;

/** Widths of operands, in bits. */
export type Width = 8 | 16 | 32 | 64;

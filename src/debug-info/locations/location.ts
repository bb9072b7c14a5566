/** Where something is (DWARF 5, 2.6). */
export type Location =
  | { readonly kind: 'memory'; readonly address: bigint }
  | { readonly kind: 'register'; readonly register: number }
  /** It is nowhere, but known. */
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'gone' }
  /** Its parts lie in several places, the lowest first. */
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[] };

export interface Piece {
  readonly location: Location;
  readonly bits: number;
  /** Bits of the location that stand before it. */
  readonly skipped: number;
}

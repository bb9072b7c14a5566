import type { WalkCell, WalkPicture } from '../../../adapter/page-walk/protocol';

/** Going through a walk in the order in which the processor reads its entries. */

/** Every entry of a picture, column by column. */
export const cellsOf = ({ columns, shadow }: WalkPicture): WalkCell[] => [
  ...columns.flatMap(({ second, entry }) => [...second, ...(entry ? [entry] : [])]),
  ...(shadow?.cells ?? []),
];

/** How many references can be gone through. */
export const lastOrder = (picture: WalkPicture): number =>
  Math.max(0, ...cellsOf(picture).map(({ order = 0 }) => order));

/** The entry that a reference reads. */
export const cellAt = (picture: WalkPicture, order: number): WalkCell | undefined =>
  cellsOf(picture).find((cell) => cell.order === order);

/** After the last reference the first comes again. */
export const forward = (at: number, last: number): number =>
  at >= last ? Math.min(1, last) : at + 1;

export const back = (at: number): number => Math.max(Math.min(1, at), at - 1);

/** Whether an entry has been read once so many references are made. What no reference reads is always there. */
export const isLit = ({ order }: WalkCell, lit: number): boolean =>
  order === undefined || order <= lit;

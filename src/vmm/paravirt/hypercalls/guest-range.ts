import type { Handler } from '../../operation';
import { readGuestPhysical } from '../../operations';
import { locate } from '../operations';

const PAGE = 4096n;
const ADDRESSES = 1n << 64n;

/** Memory that a call names by a linear address and a length: where its pages lie. */
export interface GuestRange {
  readonly linear: bigint;
  readonly length: number;
  /** Guest-physical addresses of the pages, in order. */
  readonly pages: readonly bigint[];
}

/**
 * Finds memory of the guest's: all of it is RAM, mapped, and writable where it is to be written.
 *
 * @returns undefined where some of it is not
 */
export function* guestRange(
  linear: bigint,
  length: number,
  write: boolean,
): Handler<GuestRange | undefined> {
  const end = linear + BigInt(length);
  if (end > ADDRESSES) return undefined;
  const pages: bigint[] = [];
  for (let page = linear & -PAGE; page < end; page += PAGE) {
    const found = yield locate(page, write);
    if (found < 0n) return undefined;
    pages.push(found);
  }
  return { linear, length, pages };
}

/** The guest-physical address of a byte of it. */
export function placeIn({ linear, pages }: GuestRange, offset: number): bigint {
  const at = (linear & (PAGE - 1n)) + BigInt(offset);
  return (pages[Number(at / PAGE)] ?? 0n) + (at & (PAGE - 1n));
}

/** A word of a list, which is aligned. */
export function* wordIn(range: GuestRange, index: number): Handler<bigint> {
  return yield readGuestPhysical(placeIn(range, index * 8), 8);
}

/** A list of records of some words each, and how many records may be in it. */
export interface ListShape {
  readonly words: number;
  readonly most: number;
  readonly write: boolean;
}

/** Whether address and length of a list can be right. */
export const isList = (linear: bigint, count: bigint, { most }: ListShape): boolean =>
  (linear & 7n) === 0n && count <= BigInt(most);

/** Where a list lies. @returns undefined where it does not */
export function guestList(
  linear: bigint,
  count: bigint,
  { words, write }: ListShape,
): Handler<GuestRange | undefined> {
  return guestRange(linear, Number(count) * words * 8, write);
}

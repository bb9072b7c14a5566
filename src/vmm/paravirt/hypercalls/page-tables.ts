import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { writeGuestPhysical } from '../../operations';
import { entryBytes, forgetTranslations, isRam, usesDirectPaging } from '../operations';
import { replaceEntries } from './direct';
import { guestList, isList, wordIn, type ListShape } from './guest-range';

const UPDATES: ListShape = { words: 2, most: 256, write: false };

/** An entry of a page table, guest-physical or with direct paging host-physical, and its new value. */
export interface Update {
  readonly address: bigint;
  readonly value: bigint;
}

/** UPDATE_PAGE_TABLES: one trap for all of them, instead of one for each write. */
export function* updatePageTables(list: bigint, count: bigint): Handler<bigint> {
  if (!isList(list, count, UPDATES)) return HypercallError.BAD_ARGUMENT;
  const range = yield* guestList(list, count, UPDATES);
  if (!range) return HypercallError.BAD_ADDRESS;
  const width = yield entryBytes();
  const updates: Update[] = [];
  for (let n = 0; n < Number(count); n++) {
    const address = yield* wordIn(range, 2 * n);
    if (address % width !== 0n) return HypercallError.BAD_ARGUMENT;
    updates.push({ address, value: yield* wordIn(range, 2 * n + 1) });
  }
  if ((yield usesDirectPaging()) === 1n) return yield* replaceEntries(updates);
  return yield* writeEntries(updates, Number(width));
}

/** The guest's tables are its own affair: shadow tables follow them. */
function* writeEntries(updates: readonly Update[], width: number): Handler<bigint> {
  for (const { address } of updates) {
    if ((yield isRam(address)) === 0n) return HypercallError.BAD_ADDRESS;
  }
  for (const { address, value } of updates) yield writeGuestPhysical(address, width, value);
  yield forgetTranslations();
  return 0n;
}

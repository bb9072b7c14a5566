import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { writeGuestPhysical } from '../../operations';
import { entryBytes, forgetTranslations, isRam } from '../operations';
import { guestList, isList, wordIn, type ListShape } from './guest-range';

const UPDATES: ListShape = { words: 2, most: 256, write: false };

interface Update {
  readonly address: bigint;
  readonly value: bigint;
}

/** UPDATE_PAGE_TABLES: one trap for all of them, instead of one for each write. */
export function* updatePageTables(list: bigint, count: bigint): Handler<bigint> {
  if (!isList(list, count, UPDATES)) return HypercallError.BAD_ARGUMENT;
  const range = yield* guestList(list, count, UPDATES);
  if (!range) return HypercallError.BAD_ADDRESS;
  const width = Number(yield entryBytes());
  const updates: Update[] = [];
  for (let n = 0; n < Number(count); n++) {
    const address = yield* wordIn(range, 2 * n);
    const value = yield* wordIn(range, 2 * n + 1);
    if (address % BigInt(width) !== 0n) return HypercallError.BAD_ARGUMENT;
    if ((yield isRam(address)) === 0n) return HypercallError.BAD_ADDRESS;
    updates.push({ address, value });
  }
  for (const { address, value } of updates) yield writeGuestPhysical(address, width, value);
  yield forgetTranslations();
  return 0n;
}

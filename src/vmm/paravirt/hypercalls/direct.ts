import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { writeGuestPhysical } from '../../operations';
import {
  beginDirectPaging,
  canUseDirectPaging,
  forgetTranslations,
  frameOfPage,
  isRam,
  pinTable,
  replaceEntry,
  unpinTable,
  usesDirectPaging,
} from '../operations';
import { guestList, isList, placeIn, type ListShape } from './guest-range';
import type { Update } from './page-tables';

const FRAMES: ListShape = { words: 1, most: 512, write: true };
const PAGE = 4096n;
const LEVELS = 4n;

/** READ_FRAMES: where pages lie in the host's memory, which is what tables are to say. */
export function* readFrames(first: bigint, list: bigint, count: bigint): Handler<bigint> {
  if (first % PAGE !== 0n || !isList(list, count, FRAMES)) return HypercallError.BAD_ARGUMENT;
  const range = yield* guestList(list, count, FRAMES);
  if (!range) return HypercallError.BAD_ADDRESS;
  for (let n = 0n; n < count; n++) {
    if ((yield isRam(first + n * PAGE)) === 0n) return HypercallError.BAD_ADDRESS;
  }
  for (let n = 0; n < Number(count); n++) {
    const frame = yield frameOfPage(first + BigInt(n) * PAGE);
    yield writeGuestPhysical(placeIn(range, n * 8), 8, frame);
  }
  return count;
}

/** USE_DIRECT_PAGING: from the table of the fourth level on, all that can be reached is validated. */
export function* useDirectPaging(root: bigint): Handler<bigint> {
  if (root % PAGE !== 0n) return HypercallError.BAD_ARGUMENT;
  if ((yield canUseDirectPaging()) === 0n) return HypercallError.NOT_NOW;
  if ((yield beginDirectPaging(root)) === 0n) return HypercallError.REFUSED;
  yield forgetTranslations();
  return 0n;
}

/** PIN_TABLE: the frame is a table of this level, validated once, until it is released. */
export function* pinTableAt(table: bigint, level: bigint): Handler<bigint> {
  if (table % PAGE !== 0n || level === 0n || level > LEVELS) return HypercallError.BAD_ARGUMENT;
  if ((yield usesDirectPaging()) === 0n) return HypercallError.NOT_NOW;
  return (yield pinTable(table, Number(level))) === 0n ? HypercallError.REFUSED : 0n;
}

/** UNPIN_TABLE */
export function* unpinTableAt(table: bigint): Handler<bigint> {
  if ((yield usesDirectPaging()) === 0n) return HypercallError.NOT_NOW;
  return (yield unpinTable(table)) === 0n ? HypercallError.BAD_ARGUMENT : 0n;
}

/** Validates each update and does it. Where one is refused, those before it are taken back, last first. */
export function* replaceEntries(updates: readonly Update[]): Handler<bigint> {
  const done: Update[] = [];
  let result = 0n;
  for (const { address, value } of updates) {
    const old = yield replaceEntry(address, value);
    if (old < 0n) {
      result = HypercallError.REFUSED;
      break;
    }
    done.push({ address, value: old });
  }
  if (result !== 0n)
    for (const { address, value } of done.reverse()) yield replaceEntry(address, value);
  yield forgetTranslations();
  return result;
}

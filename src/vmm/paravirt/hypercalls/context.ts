import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { writeGuestPhysical } from '../../operations';
import {
  forgetTranslations,
  loadRoot,
  stackBytes,
  stackInTss,
  usesDirectPaging,
} from '../operations';
import { guestRange, placeIn } from './guest-range';

const HALF = 4;

/** SWITCH_CONTEXT: another address space and another stack for traps, by one trap. */
export function* switchContext(root: bigint, stack: bigint): Handler<bigint> {
  const places = stack === 0n ? [] : yield* stackPlaces();
  if (!places) return HypercallError.BAD_ADDRESS;
  if ((yield loadRoot(root)) === 0n) {
    return (yield usesDirectPaging()) === 1n ? HypercallError.REFUSED : HypercallError.BAD_ARGUMENT;
  }
  yield forgetTranslations();
  const halves = [stack & 0xffffffffn, stack >> 32n];
  for (const [n, at] of places.entries()) yield writeGuestPhysical(at, HALF, halves[n] ?? 0n);
  return 0n;
}

/** Where the guest's TSS has it, in pieces of 4 bytes: it is not aligned to 8. */
function* stackPlaces(): Handler<readonly bigint[] | undefined> {
  const linear = yield stackInTss();
  if (linear < 0n) return undefined;
  const bytes = Number(yield stackBytes());
  const range = yield* guestRange(linear, bytes, true);
  return range && Array.from({ length: bytes / HALF }, (_, n) => placeIn(range, n * HALF));
}

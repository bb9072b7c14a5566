import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { writeGuestPhysical } from '../../operations';
import { forgetTranslations, loadRoot, stackInTss, usesDirectPaging } from '../operations';
import { guestRange, placeIn } from './guest-range';

/** SWITCH_CONTEXT: another address space and another stack for traps, by one trap. */
export function* switchContext(root: bigint, stack: bigint): Handler<bigint> {
  const place = stack === 0n ? undefined : yield* stackPlace();
  if (stack !== 0n && place === undefined) return HypercallError.BAD_ADDRESS;
  if ((yield loadRoot(root)) === 0n) {
    return (yield usesDirectPaging()) === 1n ? HypercallError.REFUSED : HypercallError.BAD_ARGUMENT;
  }
  yield forgetTranslations();
  const halves = [stack & 0xffffffffn, stack >> 32n];
  for (const [n, at] of (place ?? []).entries()) {
    yield writeGuestPhysical(at, 4, halves[n] ?? 0n);
  }
  return 0n;
}

/** Where the TSS has it, in halves of 4 bytes: it is not aligned to 8. The upper one is ESP0's neighbour SS0 in 32 bits. */
function* stackPlace(): Handler<readonly bigint[] | undefined> {
  const linear = yield stackInTss();
  if (linear < 0n) return undefined;
  const range = yield* guestRange(linear, 8, true);
  return range && [placeIn(range, 0), placeIn(range, 4)];
}

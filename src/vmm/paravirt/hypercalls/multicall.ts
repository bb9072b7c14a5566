import { Hypercall, HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { writeGuestPhysical } from '../../operations';
import type { Call } from './call';
import { guestList, isList, placeIn, wordIn, type ListShape } from './guest-range';

const CALLS: ListShape = { words: 5, most: 64, write: true };
const RESULT = 4;
/** One trap for several calls is not one for several traps. */
const NOT_IN_A_LIST: readonly bigint[] = [Hypercall.MULTICALL, Hypercall.YIELD].map(BigInt);

/** MULTICALL: one trap for a list of calls, each with a result of its own. The result is how many have one. */
export const multicall = (callOf: (number: bigint) => Call | undefined): Call =>
  function* callAll(list, count, _, turns) {
    if (!isList(list, count, CALLS)) return HypercallError.BAD_ARGUMENT;
    const range = yield* guestList(list, count, CALLS);
    if (!range) return HypercallError.BAD_ADDRESS;
    for (let n = 0; n < Number(count); n++) {
      const word = (index: number): Handler<bigint> => wordIn(range, n * CALLS.words + index);
      const number = yield* word(0);
      const [first, second, third] = [yield* word(1), yield* word(2), yield* word(3)];
      const call = NOT_IN_A_LIST.includes(number) ? undefined : callOf(number);
      const result = call ? yield* call(first, second, third, turns) : HypercallError.NO_SUCH_CALL;
      yield writeGuestPhysical(placeIn(range, (n * CALLS.words + RESULT) * 8), 8, result);
    }
    return count;
  };

import { waitForInterrupt } from '../../emulate/handlers/halt';
import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { interruptPending } from '../../operations';
import type { Call } from './call';
import { bindEvent, hasSharedPage, isRam, setTimer, sharePage, unmaskEvent } from '../operations';

const CHANNELS = 64n;
const SOURCES = 2n;
const FIRST_VECTOR = 32n;
const VECTORS = 256n;
/** Times are exact up to here. */
const LAST_TIME = BigInt(Number.MAX_SAFE_INTEGER);

/** SHARE_PAGE: interrupts are enabled there from now on, and events told. */
export function* sharePageAt(address: bigint, vector: bigint): Handler<bigint> {
  if (address & 0xfffn || vector < FIRST_VECTOR || vector >= VECTORS) {
    return HypercallError.BAD_ARGUMENT;
  }
  if ((yield isRam(address)) === 0n) return HypercallError.BAD_ADDRESS;
  yield sharePage(address, Number(vector));
  return 0n;
}

/** BIND_EVENT */
export function* bindEventTo(source: bigint, channel: bigint): Handler<bigint> {
  if (source >= SOURCES || channel >= CHANNELS) return HypercallError.BAD_ARGUMENT;
  if ((yield hasSharedPage()) === 0n) return HypercallError.NOT_NOW;
  yield bindEvent(Number(source), Number(channel));
  return 0n;
}

/** UNMASK_EVENT */
export function* unmaskChannel(channel: bigint): Handler<bigint> {
  if (channel >= CHANNELS) return HypercallError.BAD_ARGUMENT;
  if ((yield hasSharedPage()) === 0n) return HypercallError.NOT_NOW;
  yield unmaskEvent(Number(channel));
  return 0n;
}

/** POLL_EVENTS: whoever executes an instruction for the guest looks at its end whether an interrupt can be delivered. */
export function* pollEvents(): Handler<bigint> {
  return (yield interruptPending()) === 0n ? 0n : 1n;
}

/** YIELD */
export const yieldProcessor: Call = function* yieldProcessor(_first, _second, _third, turns) {
  yield* waitForInterrupt(turns);
  return 0n;
};

/** SET_TIMER */
export function* setTimerTo(time: bigint): Handler<bigint> {
  if (time > LAST_TIME) return HypercallError.BAD_ARGUMENT;
  yield setTimer(time);
  return 0n;
}

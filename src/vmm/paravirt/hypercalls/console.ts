import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import { consoleWrite } from '../../operations';
import { printBytes } from '../operations';
import { guestRange, placeIn } from './guest-range';

const LONGEST_TEXT = 4096n;
const PAGE = 4096;

/** CONSOLE_WRITE: a byte. */
export function* writeConsole(byte: bigint): Handler<bigint> {
  yield consoleWrite(Number(byte & 0xffn));
  return 0n;
}

/** CONSOLE_PRINT: bytes in memory. */
export function* printConsole(address: bigint, length: bigint): Handler<bigint> {
  if (length > LONGEST_TEXT) return HypercallError.BAD_ARGUMENT;
  const range = yield* guestRange(address, Number(length), false);
  if (!range) return HypercallError.BAD_ADDRESS;
  for (let at = 0; at < range.length;) {
    const place = placeIn(range, at);
    const size = Math.min(range.length - at, PAGE - Number(place & 0xfffn));
    yield printBytes(place, size);
    at += size;
  }
  return 0n;
}

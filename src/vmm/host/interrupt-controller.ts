import type { Handler } from '../operation';
import { hostOut } from '../operations';

/** The host's own 8259 pair: vectors 0x20 to 0x2f, and nothing but the timer let through. */
export function* initializeInterruptController(): Handler {
  yield hostOut(0x20, 1, 0x11);
  yield hostOut(0xa0, 1, 0x11);
  yield hostOut(0x21, 1, 0x20);
  yield hostOut(0xa1, 1, 0x28);
  yield hostOut(0x21, 1, 0x04);
  yield hostOut(0xa1, 1, 0x02);
  yield hostOut(0x21, 1, 0x01);
  yield hostOut(0xa1, 1, 0x01);
  yield hostOut(0x21, 1, 0xfe);
  yield hostOut(0xa1, 1, 0xff);
}

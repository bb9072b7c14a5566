import type { Handler } from '../../operation';
import { guestRegister, xsetbv } from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectGeneralProtection } from '../inject';

const LOW = 0xffffffffn;

/**
 * XSETBV always exits. Neither XCR0 nor the registers that it is about belong to the VMCS; the monitor
 * uses none of them, so they stay the guest's, and the processor's own XCR0 is the guest's, too. A
 * monitor that uses vector instructions would have to save them first.
 */
export function* handleXsetbv(): Handler {
  const number = (yield guestRegister(1)) & LOW;
  const low = (yield guestRegister(0)) & LOW;
  const high = (yield guestRegister(2)) & LOW;
  if (number !== 0n || (yield xsetbv((high << 32n) | low)) === 0n) {
    yield* injectGeneralProtection();
    return;
  }
  yield* advanceRip();
}

import { emulateInstruction } from '../../emulate/handlers/instruction';
import { obtainGuestPage } from '../../hosting/handlers/host-page-fault';
import type { Handler } from '../../operation';
import { Fills, fillShadow, walkForAccess } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { isMonitors, readCr2, readErrorCode } from '../operations';

/**
 * A page fault of the processor's. It is hidden from the guest where the guest's own tables allow the access and
 * the shadow tables only have not caught up. In all other cases the virtual processor does the
 * instruction, by the guest's tables: it meets its own page fault, or the device, or it writes to a table that is traced.
 *
 * @returns of `Fills`: EMULATE where the access may never go straight to memory
 */
export function* handlePageFault(turns: Turns): Handler<bigint> {
  const linear = yield readCr2();
  const errorCode = yield readErrorCode();
  if ((yield isMonitors(linear)) === 1n) {
    // Address-space compression: by the guest's tables something else may lie there.
    yield* emulateInstruction(turns);
    return Fills.EMULATE;
  }
  const walked = yield walkForAccess(linear, errorCode);
  const filled = walked < 0n ? Fills.UNCHANGED : yield* fill(linear, errorCode, walked);
  if (filled !== Fills.FILLED) yield* emulateInstruction(turns);
  return filled;
}

/** RAM that has no frame yet gets one first. */
function* fill(linear: bigint, errorCode: bigint, address: bigint): Handler<bigint> {
  const filling = yield fillShadow(linear, errorCode);
  if (filling !== Fills.NO_FRAME) return filling;
  yield* obtainGuestPage(address);
  return yield fillShadow(linear, errorCode);
}

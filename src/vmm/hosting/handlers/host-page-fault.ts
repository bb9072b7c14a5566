import type { Handler } from '../../operation';
import { allocateGuestPage } from '../../operations';
import {
  framesAreShort,
  invalidateGuestPage,
  isolateVictim,
  mapHostPage,
  readFromSwap,
  readHostEntry,
  takeHostFrame,
  unmapHostPage,
  writeToSwap,
} from '../operations';

/** What `allocateGuestPage` gives where the page has no frame in the process that the guest is. */
const NOT_PRESENT = 0n;

/**
 * A page of guest RAM gets a frame. Where the monitor has the computer for itself it has them to give; where the guest is a
 * process of a host, its page at the host-virtual address may have none, and the monitor meets a page fault of the host's.
 */
export function* obtainGuestPage(address: bigint): Handler {
  if ((yield allocateGuestPage(address)) !== NOT_PRESENT) return;
  yield* handleHostPageFault(address);
  yield allocateGuestPage(address);
}

/**
 * The host's kernel: the process has touched a page that its tables say is not present. It gets a frame, and its bytes back
 * where they lie on the swap device; before that, another page makes room if frames are short.
 *
 * @param address guest-physical
 */
function* handleHostPageFault(address: bigint): Handler {
  const entry = yield readHostEntry(address);
  while ((yield framesAreShort()) === 1n) {
    if (!(yield* makeRoom())) break;
  }
  const frame = yield takeHostFrame();
  if (entry !== 0n) yield readFromSwap(address, frame);
  yield mapHostPage(address, frame);
}

/** A page of some process goes to the swap device. @returns whether one could */
function* makeRoom(): Handler<boolean> {
  const page = yield isolateVictim();
  if (page === 0n) return false;
  yield invalidateGuestPage(page);
  const slot = yield writeToSwap(page);
  yield unmapHostPage(page, slot);
  return true;
}

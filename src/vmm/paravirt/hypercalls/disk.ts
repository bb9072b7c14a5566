import { HypercallError } from '../../hypercalls';
import type { Handler } from '../../operation';
import type { Transfer } from '../block-device';
import {
  diskIsBusy,
  diskSectors,
  hasSharedPage,
  startTransfer,
  transferSectors,
} from '../operations';
import type { Call } from './call';
import { guestRange, placeIn } from './guest-range';

const SECTOR = 512;
const MOST = 64n;

/** READ_DISK and WRITE_DISK: when the call is done, so is the transfer. @param write to the disk */
export const transferNow = (write: boolean): Call =>
  function* transferDisk(sector, address, count) {
    const transfer = yield* checked(write, sector, address, count);
    if (typeof transfer === 'bigint') return transfer;
    yield transferSectors(transfer);
    return count;
  };

/** START_DISK_READ and START_DISK_WRITE: an event comes, and the status is in the shared page then. */
export const transferLater = (write: boolean): Call =>
  function* startDisk(sector, address, count) {
    if ((yield hasSharedPage()) === 0n) return HypercallError.NOT_NOW;
    const transfer = yield* checked(write, sector, address, count);
    if (typeof transfer === 'bigint') return transfer;
    if ((yield diskIsBusy()) === 1n) return HypercallError.NOT_NOW;
    yield startTransfer(transfer);
    return 0n;
  };

/** The transfer, or what is wrong about it. A buffer is aligned, so that no sector lies on two pages. */
function* checked(
  write: boolean,
  sector: bigint,
  address: bigint,
  count: bigint,
): Handler<Transfer | bigint> {
  if (address % BigInt(SECTOR) !== 0n || count === 0n || count > MOST) {
    return HypercallError.BAD_ARGUMENT;
  }
  const sectors = yield diskSectors();
  if (sector + count > sectors) return HypercallError.BAD_ARGUMENT;
  // What is read from the disk is written to memory.
  const range = yield* guestRange(address, Number(count) * SECTOR, !write);
  if (!range) return HypercallError.BAD_ADDRESS;
  const addresses = Array.from({ length: Number(count) }, (_, n) => placeIn(range, n * SECTOR));
  return { write, sector: Number(sector), addresses };
}

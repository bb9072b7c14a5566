import { PageFaultError } from '../../isa/paging';
import type { Access } from '../../processor/paging/walk';

/** What an access wanted, from the error code of its page fault (SDM 3A 4.7). */
export function accessOf(errorCode: bigint): Access {
  const has = (bit: number): boolean => (errorCode & BigInt(bit)) !== 0n;
  return {
    write: has(PageFaultError.WR),
    execute: has(PageFaultError.ID),
    user: has(PageFaultError.US),
  };
}

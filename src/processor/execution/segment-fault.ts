import { SegmentType } from '../../isa/access-rights';
import { generalProtection, stackFault, type Fault } from '../faults';
import { segmentDenied } from '../reasons/memory';
import { isCode, isPresent, isUsable } from '../segments/descriptor';
import type { CpuState } from '../state/cpu-state';
import { SEGMENT_SIZE, SS, segmentSlot } from '../state/layout';

/** An access that its segment does not allow: #SS(0) through SS, #GP(0) through the others (SDM 3A 5.3). */
export function segmentFault(
  state: CpuState,
  slot: number,
  offset: bigint,
  bytes: number,
  write: boolean,
): Fault {
  const index = (slot - segmentSlot(0)) / SEGMENT_SIZE;
  const register = state.segment(index);
  const { accessRights } = register;
  const real = state.realStyleSegments;
  const reason = segmentDenied({
    index,
    register,
    usable: isUsable(accessRights) && (real || isPresent(accessRights)),
    offset,
    bytes,
    write,
    typeAllows: real || allows(accessRights, write),
  });
  return index === SS ? stackFault(reason) : generalProtection(reason);
}

/** Whether the type allows reads, or writes (SDM 3A table 3-1). */
function allows(accessRights: number, write: boolean): boolean {
  if (isCode(accessRights)) return !write && (accessRights & SegmentType.READABLE) !== 0;
  return !write || (accessRights & SegmentType.WRITABLE) !== 0;
}

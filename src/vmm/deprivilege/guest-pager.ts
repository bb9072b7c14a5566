import type { Access, PagingState, WalkResult } from '../../processor/paging/walk';
import type { Filling } from '../memory/shadow/shadow-pager';

/** What leads from a deprivileged guest's linear addresses to the host's memory, and into the processor's CR3. */
export interface GuestPager {
  /** Host-physical address of the root for the guest's present address space. */
  root(state: PagingState, kernelAsUser: boolean): number;
  /** Walks the guest's own tables as the processor does, accessed and dirty flags included. */
  walk(state: PagingState, linear: bigint, access: Access): WalkResult;
  /** Lets the processor have what the access needs. The guest's own tables allow it. */
  fill(state: PagingState, linear: bigint, access: Access, kernelAsUser: boolean): Filling;
  /** Whether an address lies in the monitor's own part of the address space. */
  isReserved(linear: bigint): boolean;
  /** Writes to these frames have to be seen from now on. */
  watch(frames: ReadonlySet<number>): void;
  /** Where an address of the guest's tables lies, where that is not a guest-physical one. */
  frameOf?(address: bigint): number | undefined;
  /** Whether descriptor tables are to be looked at again each time, as writes to them are not seen. */
  readonly seesNoWrites?: boolean;
}

import { WideCr0, WideEfer } from '../../isa/registers/control';
import type { PagingState } from '../../processor/paging/walk';

/** The control registers that decide about a guest's paging, as the guest knows them. */
export interface GuestControls {
  readonly cr0: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly pdptes: readonly bigint[];
}

/** Whether any of them has another value. */
export const differ = (before: GuestControls, after: GuestControls): boolean =>
  after.pdptes.some((entry, n) => entry !== before.pdptes[n]) ||
  before.cr0 !== after.cr0 ||
  before.cr3 !== after.cr3 ||
  before.cr4 !== after.cr4 ||
  before.efer !== after.efer;

/**
 * The guest's paging, for walks that the monitor or a debugger makes.
 * @param flags the guest's RFLAGS
 * @param pkru which no transition saves
 */
export function guestPagingState(
  controls: GuestControls,
  flags: bigint,
  pkru: bigint,
): PagingState {
  return {
    ...controls,
    paging: (controls.cr0 & WideCr0.PG) !== 0n,
    longMode: (controls.efer & WideEfer.LMA) !== 0n,
    systemFlags: flags,
    pkru,
  };
}

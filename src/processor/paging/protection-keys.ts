import { Pte } from '../../isa/paging';
import { WideCr0, WideCr4 } from '../../isa/registers/control';

/**
 * Protection keys (SDM 3A 4.6.2): bits 62:59 of the entry that maps a page for ring 3 name one of 16
 * keys, and PKRU says of each, by two bits, what accesses to data it forbids, to the supervisor, too.
 */
export interface KeyState {
  readonly cr0: bigint;
  readonly cr4: bigint;
  readonly longMode: boolean;
  /** Absent where no program has one. */
  readonly pkru?: bigint;
}

/** The bit of PKRU that forbids an access: AD every access to data, WD writes. */
export type KeyDenial = 'access-disable' | 'write-disable';

const KEY_SHIFT = 59n;

/** The key of a page that ring 3 may use, from the entry that maps it; undefined where there are no keys. */
export function protectionKey(state: KeyState, entry: bigint, user: boolean): number | undefined {
  if (!user || !state.longMode || !(state.cr4 & WideCr4.PKE)) return undefined;
  return Number((entry & Pte.PK) >> KEY_SHIFT);
}

/** What of PKRU forbids an access to data. WD binds the supervisor with CR0.WP only. */
export function deniedByKey(
  state: KeyState,
  key: number | undefined,
  access: { readonly write: boolean; readonly execute: boolean; readonly user: boolean },
): KeyDenial | undefined {
  if (key === undefined || access.execute) return undefined;
  const rights = (state.pkru ?? 0n) >> BigInt(2 * key);
  if (rights & 1n) return 'access-disable';
  const bound = access.user || (state.cr0 & WideCr0.WP) !== 0n;
  return access.write && bound && rights & 2n ? 'write-disable' : undefined;
}

import { Pte } from '../../../isa/paging';
import { Cr3Address, WideCr0, WideCr3, WideCr4, WideEfer } from '../../../isa/registers/control';
import { pagingMode, type PagingState, type WalkStep } from '../../../processor/paging/walk';
import type { GuestTable, Rights, Role } from './shadow-page';

/** How the guest's tables are laid over those of the shadow, whose entries have 8 bytes and map 4 KBytes. */

export const ALL_RIGHTS: Rights = { writable: true, user: true, executeDisable: false };

/** @param kernelAsUser whether the processor runs the guest's kernel, which is what wants access, in ring 3 */
export function roleOf(state: PagingState, kernelAsUser = false): Role {
  return {
    kernelAsUser,
    noUserCode: kernelAsUser && (state.cr4 & WideCr4.SMEP) !== 0n,
    mode: pagingMode(state),
    writeProtect: (state.cr0 & WideCr0.WP) !== 0n,
    largePages: (state.cr4 & WideCr4.PSE) !== 0n,
    executeDisable: (state.efer & WideEfer.NXE) !== 0n,
  };
}

/** What walks the shadow tables of a guest outside of IA-32e mode: PAE paging, or 4-level paging of a host in that mode. */
export type Underneath = 'PAE' | '4-level';

/** The levels of shadow tables. */
export function levelsOf({ mode }: Role, underneath: Underneath): 3 | 4 | 5 {
  if (mode === '5-level') return 5;
  return mode === '4-level' || underneath === '4-level' ? 4 : 3;
}

/** The rights that are left behind an entry of the guest's. PDPTE registers take none away. */
export function narrowed(rights: Rights, { entry, level }: WalkStep, role: Role): Rights {
  if (role.mode === 'PAE' && level === 3) return rights;
  return {
    writable: rights.writable && (entry & Pte.RW) !== 0n,
    user: rights.user && (entry & Pte.US) !== 0n,
    executeDisable: rights.executeDisable || (role.executeDisable && (entry & Pte.XD) !== 0n),
  };
}

/**
 * The table of the guest's that a shadow table of a level stands for.
 *
 * @param frame where the guest's table lies, host-physical
 */
export function guestTable(role: Role, level: number, frame: number, linear: bigint): GuestTable {
  if (role.mode !== '32-bit') return { frame, entryBytes: 8, part: 0, shadowEntriesEach: 1 };
  // 1024 entries of 4 bytes: a page table fills two shadow tables, a page directory four.
  const part = Number(level === 2 ? linear >> 30n : (linear >> 21n) & 1n);
  return { frame, entryBytes: 4, part, shadowEntriesEach: level === 2 ? 2 : 1 };
}

/** Guest-physical address of the guest's first table, where that is memory and no register. */
export function firstTable(state: PagingState, role: Role): bigint {
  return state.cr3 & (role.mode === '32-bit' ? Cr3Address.LEGACY : WideCr3.ADDRESS);
}

/** The name of a role, and of a table in it. */
export function roleName(role: Role): string {
  const { mode, writeProtect, largePages, executeDisable, kernelAsUser, noUserCode } = role;
  const flags = [
    writeProtect && 'WP',
    largePages && 'PSE',
    executeDisable && 'NXE',
    kernelAsUser && 'kernel',
    noUserCode && 'SMEP',
  ];
  return [mode, ...flags.filter(Boolean)].join('+');
}

export function tableName(role: Role, level: number, table: GuestTable, rights: Rights): string {
  const allowed = `${rights.writable ? 'W' : '-'}${rights.user ? 'U' : '-'}${rights.executeDisable ? '-' : 'X'}`;
  return `${roleName(role)} L${String(level)} ${table.frame.toString(16)}.${String(table.part)} ${allowed}`;
}

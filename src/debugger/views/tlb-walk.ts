import type { TlbEntry } from '../../processor/paging/tlb-entries';
import type { World } from '../../processor/paging/tlb';
import type { PagingState } from '../../processor/paging/walk';
import { DebugMemory } from '../memory';
import type { Target } from '../target';
import type { SecondLevel } from '../techniques';
import { faultCause } from '../words/page-faults';

/** What a walk of the page tables gives at present for the access that a TLB entry serves. */
export type WalkNow =
  | {
      readonly frame: number;
      /** Which of the entry's rights are left: 'RW', 'R', 'X'. */
      readonly rights: string;
    }
  /** Why there is no such access, in the user's language. */
  | { readonly refused: string };

/** With what the processor fills its TLB for a world: page tables, and the second level behind them. */
export interface TlbSource {
  readonly paging: PagingState;
  readonly second: SecondLevel | undefined;
}

/** @returns undefined where the entries are of an address space whose tables nobody can know */
export function tlbSource(target: Target, world: World): TlbSource | undefined {
  const { technique } = target;
  const { guestMode, state } = target.cpu;
  const inForce = guestMode.active === (world === 1);
  if (world === 0) return { paging: inForce ? state : technique.hostPaging, second: undefined };
  if (technique.tlbTags?.ofThisGuest === false) return undefined;
  // What software translates are the guest's own tables.
  const shadowPaging = technique.tlbTags && technique.shadowPaging;
  const paging = inForce ? state : (shadowPaging ?? technique.guestPaging);
  const hostPhysical = shadowPaging ?? technique.directTables;
  return { paging, second: hostPhysical ? undefined : technique.secondLevel };
}

/** Walks the tables for entries of one world, and leaves no trace. */
export class TlbWalk {
  private readonly memory: DebugMemory;

  constructor(
    private readonly target: Target,
    { paging, second }: TlbSource,
  ) {
    const { physical, mmu } = target.cpu;
    this.memory = new DebugMemory(
      physical,
      () => paging,
      () => second,
      (address) => mmu.onBus(address),
    );
  }

  /** What accesses that the entry serves would find without it. */
  now(entry: TlbEntry): WalkNow {
    const { writable, readable } = entry;
    const now = this.forAccess(entry, writable);
    return 'refused' in now && writable && readable ? this.forAccess(entry, false) : now;
  }

  private forAccess(entry: TlbEntry, write: boolean): WalkNow {
    const { user, executable } = entry;
    const access = { user, execute: executable, write };
    const { translation, fault } = this.memory.walkGuest(entry.linear, access);
    if (fault) return { refused: `#PF: ${faultCause(fault)}` };
    const { secondLevel } = this.memory;
    const second = secondLevel?.walk(translation.address, access);
    if (second?.kind === 'fault') return { refused: second.text };
    const host = second?.address ?? this.memory.hostAddress('gpa', translation.address);
    const frame = this.homeOf(host ?? Number(translation.address), entry);
    return { frame, rights: write ? rightsOf(entry) : executable ? 'X' : 'R' };
  }

  /** Whether an access by the entry goes elsewhere than one without it, or is allowed where that is not. */
  isStale(entry: TlbEntry, now: WalkNow): boolean {
    return 'refused' in now || now.frame !== entry.frame || now.rights !== rightsOf(entry);
  }

  /** Data of some regions lies elsewhere in memory than they answer; fetches take no notice. */
  private homeOf(frame: number, { executable }: TlbEntry): number {
    return executable ? frame : this.target.cpu.physical.homeOf(frame);
  }
}

export const rightsOf = ({ readable, writable, executable }: TlbEntry): string =>
  `${readable ? 'R' : ''}${writable ? 'W' : ''}${executable ? 'X' : ''}`;

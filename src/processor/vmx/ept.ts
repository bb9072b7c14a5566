import { ExitReason } from '../../isa/vmx/exit-reasons';
import type { GuestPhysicalContext, HostTranslation, SecondLevel } from '../paging/mmu';
import { PHYSICAL_ADDRESS_BITS } from '../paging/walk';
import type { PhysicalMemory } from '../physical-memory';

/** One EPT entry that a walk read. */
export interface EptStep {
  /** 4 = PML4E … 1 = PTE. */
  readonly level: number;
  readonly index: number;
  /** Host-physical address of the entry. */
  readonly entryAddress: number;
  readonly entry: bigint;
  readonly leaf: boolean;
}

/** How an EPT walk ends. */
export type EptResult =
  | {
      readonly kind: 'translation';
      readonly address: number;
      readonly pageShift: number;
      /** Read, write and execute rights along the walk: bits 0 to 2. */
      readonly rights: number;
      readonly dirty: boolean;
    }
  /** Not present, or the rights do not allow the access. */
  | { readonly kind: 'violation'; readonly level: number; readonly rights: number }
  /** An entry that the architecture forbids (SDM 3C 29.3.3.1). */
  | { readonly kind: 'misconfiguration'; readonly level: number };

export interface EptAccess {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
}

const ADDRESS = ((1n << PHYSICAL_ADDRESS_BITS) - 1n) & ~0xfffn;
const RESERVED_HIGH = ((1n << 52n) - 1n) & ~((1n << PHYSICAL_ADDRESS_BITS) - 1n);
const LARGE = 0x80n;
const ACCESSED = 0x100n;
const DIRTY = 0x200n;

/** Bit 6 of EPTP: accessed and dirty flags are kept (SDM 3C 25.6.11). */
const usesFlags = (eptp: bigint): boolean => (eptp & 0x40n) !== 0n;

/**
 * Walks the EPT paging structures for a guest-physical address (SDM 3C 29.3.2).
 *
 * @param setFlags whether accessed and dirty flags are set, where EPTP enables them
 * @param visit called for each entry read
 */
export function walkEpt(
  memory: PhysicalMemory,
  eptp: bigint,
  guestPhysical: bigint,
  access: EptAccess,
  setFlags: boolean,
  visit?: (step: EptStep) => void,
): EptResult {
  const path: { address: number; entry: bigint }[] = [];
  let table = eptp & ADDRESS;
  let rights = 7;
  if (guestPhysical >> 48n) return { kind: 'violation', level: 4, rights: 0 };
  for (let level = 4; ; level--) {
    const shift = BigInt(12 + 9 * (level - 1));
    const index = Number((guestPhysical >> shift) & 0x1ffn);
    const address = Number(table) + index * 8;
    const entry = memory.read64(address);
    const leaf = level === 1 || ((entry & LARGE) !== 0n && level <= 3);
    visit?.({ level, index, entryAddress: address, entry, leaf });
    const own = Number(entry & 7n);
    if (own === 0) return { kind: 'violation', level, rights: 0 };
    if (misconfigured(entry, own, level, leaf)) return { kind: 'misconfiguration', level };
    rights &= own;
    path.push({ address, entry });
    if (!leaf) {
      table = entry & ADDRESS;
      continue;
    }
    const wanted = (access.read ? 1 : 0) | (access.write ? 2 : 0) | (access.execute ? 4 : 0);
    if ((wanted & ~rights) !== 0) return { kind: 'violation', level, rights };
    const flags = usesFlags(eptp);
    if (flags && setFlags) setAccessedAndDirty(memory, path, access.write);
    const mask = (1n << shift) - 1n;
    return {
      kind: 'translation',
      address: Number((entry & ADDRESS & ~mask) | (guestPhysical & mask)),
      pageShift: Number(shift),
      rights,
      dirty: !flags || (entry & DIRTY) !== 0n || (setFlags && access.write),
    };
  }
}

function misconfigured(entry: bigint, rights: number, level: number, leaf: boolean): boolean {
  // Writable but not readable. (Execute-only is supported.)
  if ((rights & 3) === 2) return true;
  if (entry & RESERVED_HIGH) return true;
  if (!leaf) return (entry & (level === 4 ? 0xf8n : 0x78n)) !== 0n;
  const type = (entry >> 3n) & 7n;
  if (type === 2n || type === 3n || type === 7n) return true;
  const misaligned = ((1n << BigInt(12 + 9 * (level - 1))) - 1n) & ~0xfffn;
  return (entry & misaligned) !== 0n;
}

function setAccessedAndDirty(
  memory: PhysicalMemory,
  path: readonly { address: number; entry: bigint }[],
  write: boolean,
): void {
  path.forEach(({ address, entry }, n) => {
    const wanted = entry | ACCESSED | (write && n === path.length - 1 ? DIRTY : 0n);
    if (wanted !== entry) memory.write64(address, wanted);
  });
}

/** What an EPT walk that fails does: a VM exit. It does not come back. */
export type EptExit = (
  reason: number,
  qualification: bigint,
  guestPhysical: bigint,
  linear: bigint | undefined,
) => never;

/** EPT as the memory management unit's second level. */
export class ExtendedPageTables implements SecondLevel {
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly eptp: bigint,
    private readonly exit: EptExit,
  ) {}

  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation {
    // With accessed and dirty flags, page walks count as writes (SDM 3C 29.3.3.2).
    const write = context.write || (context.pageWalk && usesFlags(this.eptp));
    const read = !context.execute && (!context.write || context.update || context.pageWalk);
    const access = { read, write, execute: context.execute };
    const result = walkEpt(this.memory, this.eptp, guestPhysical, access, true);
    if (result.kind === 'translation') {
      return {
        address: result.address,
        readable: (result.rights & 1) !== 0,
        writable: (result.rights & 2) !== 0 && result.dirty,
      };
    }
    if (result.kind === 'misconfiguration') {
      return this.exit(ExitReason.EPT_MISCONFIGURATION, 0n, guestPhysical, context.linear);
    }
    const bits =
      (read ? 1 : 0) | (write ? 2 : 0) | (context.execute ? 4 : 0) | (result.rights << 3);
    const linear = context.linear !== undefined ? 0x80 | (context.pageWalk ? 0 : 0x100) : 0;
    return this.exit(
      ExitReason.EPT_VIOLATION,
      BigInt(bits | linear),
      guestPhysical,
      context.linear,
    );
  }

  probe(guestPhysical: bigint): number | undefined {
    const access = { read: false, write: false, execute: false };
    const result = walkEpt(this.memory, this.eptp, guestPhysical, access, false);
    return result.kind === 'translation' ? result.address : undefined;
  }
}

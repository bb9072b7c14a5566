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

const LARGE = 0x80;
const ACCESSED = 0x100;
const DIRTY = 0x200;
/** Bits 51:39 of an entry, in its high half: above the physical addresses that there are. */
const RESERVED_HIGH = 0xfffff & ~(2 ** (Number(PHYSICAL_ADDRESS_BITS) - 32) - 1);
const ADDRESS_HIGH = 2 ** (Number(PHYSICAL_ADDRESS_BITS) - 32) - 1;

/** Bit 6 of EPTP: accessed and dirty flags are kept (SDM 3C 25.6.11). */
const usesFlags = (eptp: bigint): boolean => (eptp & 0x40n) !== 0n;

/**
 * Walks the EPT paging structures for a guest-physical address (SDM 3C 29.3.2). Entries are taken in
 * halves of 32 bits, as every access of a guest that misses the TLB comes here several times.
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
  if (guestPhysical >> 48n) return { kind: 'violation', level: 4, rights: 0 };
  const gpaLow = Number(guestPhysical & 0xffffffffn) | 0;
  const gpaHigh = Number(guestPhysical >> 32n);
  const wanted = (access.read ? 1 : 0) | (access.write ? 2 : 0) | (access.execute ? 4 : 0);
  const keepsFlags = usesFlags(eptp);
  const path: number[] = [];
  let table = frameOf(Number(eptp & 0xffffffffn), Number(eptp >> 32n));
  let rights = 7;
  for (let level = 4; ; level--) {
    const index = indexAt(level, gpaLow, gpaHigh);
    const address = table + index * 8;
    const low = memory.read32(address);
    const high = memory.read32(address + 4);
    const leaf = level === 1 || ((low & LARGE) !== 0 && level <= 3);
    visit?.({ level, index, entryAddress: address, entry: wide(low, high), leaf });
    const own = low & 7;
    if (own === 0) return { kind: 'violation', level, rights: 0 };
    if (misconfigured(low, high, level, leaf)) return { kind: 'misconfiguration', level };
    rights &= own;
    path.push(address);
    if (!leaf) {
      table = frameOf(low, high);
      continue;
    }
    if ((wanted & ~rights) !== 0) return { kind: 'violation', level, rights };
    if (keepsFlags && setFlags) setAccessedAndDirty(memory, path, access.write);
    const offset = OFFSET[level] ?? 0;
    return {
      kind: 'translation',
      address: frameOf(low & ~offset, high) + (gpaLow & offset),
      pageShift: 12 + 9 * (level - 1),
      rights,
      dirty: !keepsFlags || (low & DIRTY) !== 0 || (setFlags && access.write),
    };
  }
}

/** Which bits of an address are the offset in a page that an entry of a level maps. */
const OFFSET = [0, 0xfff, 0x1fffff, 0x3fffffff];

/** Nine bits of the address: 47:39, 38:30, 29:21, 20:12 for levels 4 to 1. */
function indexAt(level: number, low: number, high: number): number {
  if (level === 1) return (low >>> 12) & 0x1ff;
  if (level === 2) return (low >>> 21) & 0x1ff;
  if (level === 3) return ((high & 0x7f) << 2) | (low >>> 30);
  return (high >> 7) & 0x1ff;
}

const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

/** The address that an entry holds, bits 38:12. */
const frameOf = (low: number, high: number): number =>
  (high & ADDRESS_HIGH) * 2 ** 32 + ((low & ~0xfff) >>> 0);

function misconfigured(low: number, high: number, level: number, leaf: boolean): boolean {
  // Writable but not readable. (Execute-only is supported.)
  if ((low & 3) === 2) return true;
  if (high & RESERVED_HIGH) return true;
  if (!leaf) return (low & (level === 4 ? 0xf8 : 0x78)) !== 0;
  const type = (low >> 3) & 7;
  if (type === 2 || type === 3 || type === 7) return true;
  return (low & (OFFSET[level] ?? 0) & ~0xfff) !== 0;
}

function setAccessedAndDirty(
  memory: PhysicalMemory,
  path: readonly number[],
  write: boolean,
): void {
  path.forEach((address, n) => {
    const entry = memory.read32(address);
    const wanted = entry | ACCESSED | (write && n === path.length - 1 ? DIRTY : 0);
    if (wanted !== entry) memory.write32(address, wanted);
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
    /** EPTP (SDM 3C 25.6.11). */
    readonly pointer: bigint,
    private readonly exit: EptExit,
  ) {}

  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation {
    // With accessed and dirty flags, page walks count as writes (SDM 3C 29.3.3.2).
    const write = context.write || (context.pageWalk && usesFlags(this.pointer));
    const read = !context.execute && (!context.write || context.update || context.pageWalk);
    const access = { read, write, execute: context.execute };
    const result = walkEpt(this.memory, this.pointer, guestPhysical, access, true);
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
    const result = walkEpt(this.memory, this.pointer, guestPhysical, access, false);
    return result.kind === 'translation' ? result.address : undefined;
  }
}

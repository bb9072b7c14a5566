import { EPT_PML4_RESERVED, EPT_TABLE_RESERVED, EpteNumber, Eptp, EptRights } from '../../isa/ept';
import { isMemoryType } from '../../isa/memory-types';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import type { GuestPhysicalContext, HostTranslation, SecondLevel } from '../paging/mmu';
import { EptViolation } from '../../isa/vmx/qualification';
import { addressMasks, type AddressMasks } from '../paging/address-masks';
import { PHYSICAL_ADDRESS_WIDTH } from '../profile/widths';
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

const { PS, A, D, MT } = EpteNumber;
const { READ, WRITE, EXECUTE, ALL } = EptRights;
const TYPE_SHIFT = 3;
/** Of a walk that ends at a 4-KByte page. */
const LEVELS = 4;
const RIGHTS_SHIFT = 3;

/** Whether accessed and dirty flags are kept (SDM 3C 25.6.11). */
const usesFlags = (eptp: bigint): boolean => (eptp & Eptp.AD) !== 0n;

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
  physicalAddressWidth = PHYSICAL_ADDRESS_WIDTH,
): EptResult {
  if (guestPhysical >> 48n) return { kind: 'violation', level: 4, rights: 0 };
  const gpaLow = Number(guestPhysical & 0xffffffffn) | 0;
  const gpaHigh = Number(guestPhysical >> 32n);
  const wanted = rightsFor(access);
  const keepsFlags = usesFlags(eptp);
  const masks = addressMasks(physicalAddressWidth);
  const path: number[] = [];
  let table = frameOf(Number(eptp & 0xffffffffn), Number(eptp >> 32n), masks);
  let rights: number = ALL;
  for (let level = 4; ; level--) {
    const index = indexAt(level, gpaLow, gpaHigh);
    const address = table + index * 8;
    const low = memory.read32(address);
    const high = memory.read32(address + 4);
    const leaf = level === 1 || ((low & PS) !== 0 && level <= 3);
    visit?.({ level, index, entryAddress: address, entry: wide(low, high), leaf });
    const own = low & ALL;
    if (own === 0) return { kind: 'violation', level, rights: 0 };
    if (misconfigured(low, high, level, leaf, masks)) return { kind: 'misconfiguration', level };
    rights &= own;
    path.push(address);
    if (!leaf) {
      table = frameOf(low, high, masks);
      continue;
    }
    if ((wanted & ~rights) !== 0) return { kind: 'violation', level, rights };
    if (keepsFlags && setFlags) setAccessedAndDirty(memory, path, access.write);
    const offset = OFFSET[level] ?? 0;
    return {
      kind: 'translation',
      address: frameOf(low & ~offset, high, masks) + (gpaLow & offset),
      pageShift: 12 + 9 * (level - 1),
      rights,
      dirty: !keepsFlags || (low & D) !== 0 || (setFlags && access.write),
    };
  }
}

/** The rights that an access needs, as the bits of an entry. */
const rightsFor = (access: EptAccess): number =>
  (access.read ? READ : 0) | (access.write ? WRITE : 0) | (access.execute ? EXECUTE : 0);

/** The offset in a page that an entry of level 1, 2 or 3 maps. */
const OFFSET = [0, 0xfff, 0x1fffff, 0x3fffffff];

/** Nine bits of the address: 47:39, 38:30, 29:21, 20:12 for levels 4 to 1. */
function indexAt(level: number, low: number, high: number): number {
  if (level === 1) return (low >>> 12) & 0x1ff;
  if (level === 2) return (low >>> 21) & 0x1ff;
  if (level === 3) return ((high & 0x7f) << 2) | (low >>> 30);
  return (high >> 7) & 0x1ff;
}

const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low);

/** The address that an entry holds. */
const frameOf = (low: number, high: number, masks: AddressMasks): number =>
  (high & masks.frameHigh) * 2 ** 32 + ((low & ~0xfff) >>> 0);

/** Whether the architecture forbids an entry (SDM 3C 29.3.3.1); execute-only is supported. */
function misconfigured(
  low: number,
  high: number,
  level: number,
  leaf: boolean,
  masks: AddressMasks,
): boolean {
  if ((low & (READ | WRITE)) === WRITE) return true;
  if (high & masks.reservedHigh) return true;
  if (!leaf) return (low & (level === 4 ? EPT_PML4_RESERVED : EPT_TABLE_RESERVED)) !== 0;
  if (!isMemoryType((low & MT) >> TYPE_SHIFT)) return true;
  return (low & (OFFSET[level] ?? 0) & ~0xfff) !== 0;
}

function setAccessedAndDirty(
  memory: PhysicalMemory,
  path: readonly number[],
  write: boolean,
): void {
  path.forEach((address, n) => {
    const entry = memory.read32(address);
    const wanted = entry | A | (write && n === path.length - 1 ? D : 0);
    if (wanted !== entry) memory.write32(address, wanted);
  });
}

/** How many entries a walk has read. */
const entriesOf = (result: EptResult): number =>
  result.kind === 'translation' ? LEVELS - (result.pageShift - 12) / 9 : LEVELS + 1 - result.level;

/** What an EPT walk that fails does: a VM exit. It does not come back. */
export type EptExit = (
  reason: number,
  qualification: bigint,
  guestPhysical: bigint,
  linear: bigint | undefined,
) => never;

/** EPT as the memory management unit's second level. */
export class ExtendedPageTables implements SecondLevel {
  entriesRead = 0;

  constructor(
    private readonly memory: PhysicalMemory,
    /** EPTP (SDM 3C 25.6.11). */
    readonly pointer: bigint,
    private readonly exit: EptExit,
    private readonly physicalAddressWidth = PHYSICAL_ADDRESS_WIDTH,
  ) {}

  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation {
    // With accessed and dirty flags, page walks count as writes (SDM 3C 29.3.3.2).
    const write = context.write || (context.pageWalk && usesFlags(this.pointer));
    const read = !context.execute && (!context.write || context.update || context.pageWalk);
    const access = { read, write, execute: context.execute };
    const result = this.walk(guestPhysical, access, true);
    this.entriesRead += entriesOf(result);
    if (result.kind === 'translation') {
      return {
        address: result.address,
        readable: (result.rights & READ) !== 0,
        writable: (result.rights & WRITE) !== 0 && result.dirty,
      };
    }
    if (result.kind === 'misconfiguration') {
      return this.exit(ExitReason.EPT_MISCONFIGURATION, 0n, guestPhysical, context.linear);
    }
    const { LINEAR_VALID, TRANSLATED } = EptViolation;
    const linear =
      context.linear === undefined ? 0 : LINEAR_VALID | (context.pageWalk ? 0 : TRANSLATED);
    const rights = rightsFor({ read, write, execute: context.execute });
    return this.exit(
      ExitReason.EPT_VIOLATION,
      BigInt(rights | (result.rights << RIGHTS_SHIFT) | linear),
      guestPhysical,
      context.linear,
    );
  }

  private walk(guestPhysical: bigint, access: EptAccess, setFlags: boolean): EptResult {
    const { memory, pointer, physicalAddressWidth } = this;
    return walkEpt(
      memory,
      pointer,
      guestPhysical,
      access,
      setFlags,
      undefined,
      physicalAddressWidth,
    );
  }

  probe(guestPhysical: bigint): number | undefined {
    const access = { read: false, write: false, execute: false };
    const result = this.walk(guestPhysical, access, false);
    return result.kind === 'translation' ? result.address : undefined;
  }
}

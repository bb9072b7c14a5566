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
      /** Rights along the walk, at the places that they have in entries. */
      readonly rights: number;
      readonly dirty: boolean;
    }
  /** Not present, or the rights do not allow the access. */
  | {
      readonly kind: 'violation';
      readonly level: number;
      readonly rights: number;
      /** Bit 63 of the entry that decides: never a virtualization exception (SDM 3C 26.5.7.1). */
      readonly suppressed: boolean;
    }
  /** An entry that the architecture forbids (SDM 3C 29.3.3.1). */
  | { readonly kind: 'misconfiguration'; readonly level: number };

export interface EptAccess {
  readonly read: boolean;
  readonly write: boolean;
  readonly execute: boolean;
  /** The fetch is by a user-mode linear address; asked under mode-based execute control. */
  readonly userFetch?: boolean;
}

/** What of the VM-execution controls and of the VMM takes part in a walk. */
export interface EptWalkRules {
  /** "Mode-based execute control for EPT": bit 2 is for supervisor-mode linear addresses, bit 10 for others. */
  readonly modeBased: boolean;
  /** A dirty flag is about to be set for the first time; nothing has been written yet. */
  readonly beforeDirty?: ((guestPhysical: bigint) => void) | undefined;
}

/** The physical memory that the tables lie in. */
export type EptMemory = Pick<PhysicalMemory, 'read32' | 'write32'>;

const PLAIN: EptWalkRules = { modeBased: false };

const { PS, A, D, MT } = EpteNumber;
const { READ, WRITE, EXECUTE, ALL, USER_EXECUTE } = EptRights;
const ALL_MODE_BASED = ALL | USER_EXECUTE;
const TYPE_SHIFT = 3;
/** Of a walk that ends at a 4-KByte page. */
const LEVELS = 4;

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
  memory: EptMemory,
  eptp: bigint,
  guestPhysical: bigint,
  access: EptAccess,
  setFlags: boolean,
  visit?: (step: EptStep) => void,
  physicalAddressWidth = PHYSICAL_ADDRESS_WIDTH,
  rules = PLAIN,
): EptResult {
  if (guestPhysical >> 48n) return { kind: 'violation', level: 4, rights: 0, suppressed: true };
  const gpaLow = Number(guestPhysical & 0xffffffffn) | 0;
  const gpaHigh = Number(guestPhysical >> 32n);
  const all = rules.modeBased ? ALL_MODE_BASED : ALL;
  const wanted = rightsFor(access, rules.modeBased);
  const keepsFlags = usesFlags(eptp);
  const masks = addressMasks(physicalAddressWidth);
  const path: number[] = [];
  let table = frameOf(Number(eptp & 0xffffffffn), Number(eptp >> 32n), masks);
  let rights: number = all;
  for (let level = 4; ; level--) {
    const index = indexAt(level, gpaLow, gpaHigh);
    const address = table + index * 8;
    const low = memory.read32(address);
    const high = memory.read32(address + 4);
    const leaf = level === 1 || ((low & PS) !== 0 && level <= 3);
    visit?.({ level, index, entryAddress: address, entry: wide(low, high), leaf });
    const own = low & all;
    if (own === 0) return { kind: 'violation', level, rights: 0, suppressed: suppresses(high) };
    if (misconfigured(low, high, level, leaf, masks)) return { kind: 'misconfiguration', level };
    rights &= own;
    path.push(address);
    if (!leaf) {
      table = frameOf(low, high, masks);
      continue;
    }
    if ((wanted & ~rights) !== 0) {
      return { kind: 'violation', level, rights, suppressed: suppresses(high) };
    }
    if (keepsFlags && setFlags) {
      if (access.write && !(low & D)) rules.beforeDirty?.(guestPhysical);
      setAccessedAndDirty(memory, path, access.write);
    }
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
function rightsFor({ read, write, execute, userFetch }: EptAccess, modeBased: boolean): number {
  const fetch = modeBased && userFetch === true ? USER_EXECUTE : EXECUTE;
  return (read ? READ : 0) | (write ? WRITE : 0) | (execute ? fetch : 0);
}

/** "Suppress #VE", bit 63. */
const suppresses = (high: number): boolean => high >>> 31 !== 0;

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

function setAccessedAndDirty(memory: EptMemory, path: readonly number[], write: boolean): void {
  path.forEach((address, n) => {
    const entry = memory.read32(address);
    const wanted = entry | A | (write && n === path.length - 1 ? D : 0);
    if (wanted !== entry) memory.write32(address, wanted);
  });
}

/** How many entries a walk has read. */
const entriesOf = (result: EptResult): number =>
  result.kind === 'translation' ? LEVELS - (result.pageShift - 12) / 9 : LEVELS + 1 - result.level;

/** An EPT violation or misconfiguration as whoever ends it has to know it. */
export interface EptFailure {
  readonly reason: number;
  readonly qualification: bigint;
  readonly guestPhysical: bigint;
  readonly linear: bigint | undefined;
  /** It may become a virtualization exception (SDM 3C 26.5.7.1). */
  readonly convertible: boolean;
}

/** What an EPT walk that fails does: a VM exit, or #VE. It does not come back. */
export type EptExit = (failure: EptFailure) => never;

/** EPT as the memory management unit's second level. */
export class ExtendedPageTables implements SecondLevel {
  entriesRead = 0;

  constructor(
    private readonly memory: PhysicalMemory,
    /** EPTP (SDM 3C 25.6.11). */
    readonly pointer: bigint,
    private readonly exit: EptExit,
    private readonly rules: EptWalkRules = PLAIN,
    private readonly physicalAddressWidth = PHYSICAL_ADDRESS_WIDTH,
  ) {}

  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation {
    const access = eptAccess(this.pointer, context);
    const result = this.walk(guestPhysical, access, true);
    this.entriesRead += entriesOf(result);
    if (result.kind === 'translation') {
      return {
        address: result.address,
        readable: (result.rights & READ) !== 0,
        writable: (result.rights & WRITE) !== 0 && result.dirty,
      };
    }
    const { linear } = context;
    if (result.kind === 'misconfiguration') {
      const reason = ExitReason.EPT_MISCONFIGURATION;
      const failure = { reason, qualification: 0n, convertible: false };
      return this.exit({ ...failure, guestPhysical, linear });
    }
    return this.exit({
      reason: ExitReason.EPT_VIOLATION,
      qualification: BigInt(violationQualification(access, result.rights, context)),
      guestPhysical,
      linear,
      convertible: !result.suppressed,
    });
  }

  private walk(guestPhysical: bigint, access: EptAccess, setFlags: boolean): EptResult {
    const { memory, pointer, physicalAddressWidth, rules } = this;
    return walkEpt(
      memory,
      pointer,
      guestPhysical,
      access,
      setFlags,
      undefined,
      physicalAddressWidth,
      rules,
    );
  }

  probe(guestPhysical: bigint): number | undefined {
    const access = { read: false, write: false, execute: false };
    const result = this.walk(guestPhysical, access, false);
    return result.kind === 'translation' ? result.address : undefined;
  }
}

/** What an access needs. With accessed and dirty flags, page walks count as writes (SDM 3C 29.3.3.2). */
export function eptAccess(
  pointer: bigint,
  { write, execute, update, pageWalk, page }: GuestPhysicalContext,
): EptAccess {
  return {
    read: !execute && (!write || update || pageWalk),
    write: write || (pageWalk && usesFlags(pointer)),
    execute,
    userFetch: page?.user ?? false,
  };
}

/** The exit qualification of an EPT violation (SDM 3C table 28-7). */
export function violationQualification(
  access: EptAccess,
  rights: number,
  { linear, pageWalk, page }: GuestPhysicalContext,
): number {
  const { READABLE, USER_EXECUTABLE, LINEAR_VALID, TRANSLATED } = EptViolation;
  const { USER, GUEST_WRITABLE, GUEST_XD } = EptViolation;
  const allowed = ((rights & ALL) * READABLE) | (rights & USER_EXECUTE ? USER_EXECUTABLE : 0);
  const valid = linear === undefined ? 0 : LINEAR_VALID | (pageWalk ? 0 : TRANSLATED);
  const ofPage =
    (page?.user ? USER : 0) |
    (page?.writable ? GUEST_WRITABLE : 0) |
    (page?.executeDisable ? GUEST_XD : 0);
  return rightsFor(access, false) | allowed | valid | ofPage;
}

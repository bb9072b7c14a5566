import { PageFaultError, Pte, PteReserved } from '../../isa/paging';
import { Cr3Address, WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { WideRflags } from '../../isa/registers/flags';
import { PHYSICAL_ADDRESS_WIDTH } from '../profile/widths';
import { deniedByKey, protectionKey, type KeyDenial } from './protection-keys';
import { addressMasks, type AddressMasks } from './address-masks';

/** What an access wants. */
export interface Access {
  readonly write: boolean;
  readonly execute: boolean;
  /** Made with CPL 3; accesses to descriptor tables and task-state segments never are. */
  readonly user: boolean;
  /** A supervisor access by the processor itself (SMAP: RFLAGS.AC does not help it). */
  readonly implicit?: boolean;
  /** A debugger's: rights do not matter, only what is present. */
  readonly unchecked?: boolean;
}

/** What a walk has to know of the processor, or of a guest whose state lies in a VMCS. */
export interface PagingState {
  readonly cr0: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly paging: boolean;
  readonly longMode: boolean;
  /** RFLAGS, of which AC matters (SMAP). */
  readonly systemFlags: bigint;
  readonly pdptes: ArrayLike<bigint>;
  /** The rights of protection keys; if absent, they forbid nothing. */
  readonly pkru?: bigint;
  /** MAXPHYADDR: higher address bits are reserved in entries. If absent, the default processor's. */
  readonly physicalAddressWidth?: number;
  /** Whether it is one of AMD's processors, which reserve more. */
  readonly isAmd?: boolean;
}

/** The shapes of the paging structures (SDM 3A 4.1.1). */
export type PagingMode = 'none' | '32-bit' | 'PAE' | '4-level' | '5-level';

/** One paging-structure entry that a walk read. */
export interface WalkStep {
  /** 5 = PML5E, 4 = PML4E, 3 = PDPTE, 2 = PDE, 1 = PTE. */
  readonly level: number;
  readonly index: number;
  /** Guest-physical address of the entry, and the host-physical address it was read from. */
  readonly entryAddress: bigint;
  readonly entryHostAddress: number;
  /** Its size: 4 or 8. */
  readonly bytes: number;
  readonly entry: bigint;
  /** The entry maps a page (of any size). */
  readonly leaf: boolean;
  /** It is no word of memory: a PDPTE of PAE paging (SDM 3A 4.4.1). */
  readonly isRegister: boolean;
}

export interface Translation {
  /** Guest-physical address of the byte. */
  readonly address: bigint;
  /** log2 of the page size. */
  readonly pageShift: number;
  /** Rights along the whole walk. */
  readonly writable: boolean;
  readonly user: boolean;
  readonly executeDisable: boolean;
  readonly global: boolean;
  readonly dirty: boolean;
  /** The protection key, where one decides. */
  readonly key: number | undefined;
}

/** A #PF error code (SDM 3A 4.7). */
export interface PageFault {
  readonly errorCode: number;
  /** Why, for people: the level at which the walk ended and what was wrong there. */
  readonly cause:
    | 'not present'
    | 'reserved bit'
    | 'user/supervisor'
    | 'read/write'
    | 'execute-disable'
    | 'SMEP'
    | 'SMAP'
    | KeyDenial;
  readonly level: number;
  /** The protection key that forbids the access. */
  readonly key?: number;
}

export type WalkResult =
  | { readonly translation: Translation; readonly fault?: undefined }
  | { readonly fault: PageFault; readonly translation?: undefined };

/** How a walk reads and writes entries: through EPT when the guest's physical addresses are translated. */
export interface EntryMemory {
  /** The host-physical address of a paging-structure entry; `write` when a flag will be set in it. */
  entryAddress(guestPhysical: bigint, write: boolean): number;
  read32(address: number): number;
  read64(address: number): bigint;
  write32(address: number, value: number): void;
  write64(address: number, value: bigint): void;
}

const { P, RW, US, A, D, PS, G, XD } = Pte;
/** Why a translation that is present still faults. */
const PROTECTION = PageFaultError.P;
const RESERVED_BIT = PageFaultError.P | PageFaultError.RSVD;

/** The paging mode that the control registers select. */
export function pagingMode(state: PagingState): PagingMode {
  if (!state.paging) return 'none';
  if (!(state.cr4 & WideCr4.PAE)) return '32-bit';
  if (!state.longMode) return 'PAE';
  return state.cr4 & WideCr4.LA57 ? '5-level' : '4-level';
}

interface Geometry {
  readonly top: number;
  readonly indexBits: bigint;
  readonly entryBytes: number;
}

const GEOMETRY: Record<Exclude<PagingMode, 'none'>, Geometry> = {
  '32-bit': { top: 2, indexBits: 10n, entryBytes: 4 },
  PAE: { top: 3, indexBits: 9n, entryBytes: 8 },
  '4-level': { top: 4, indexBits: 9n, entryBytes: 8 },
  '5-level': { top: 5, indexBits: 9n, entryBytes: 8 },
};

/**
 * Walks the paging structures for a linear address (SDM 3A 4.3 to 4.7).
 *
 * @param setFlags whether accessed and dirty flags are set; a debugger's walk leaves no trace
 * @param visit called for every entry read, in order
 */
export function walk(
  state: PagingState,
  memory: EntryMemory,
  linear: bigint,
  access: Access,
  setFlags: boolean,
  visit?: (step: WalkStep) => void,
): WalkResult {
  const mode = pagingMode(state);
  if (mode === 'none') return unpaged(linear);
  const masks = addressMasks(state.physicalAddressWidth ?? PHYSICAL_ADDRESS_WIDTH);
  const geometry = GEOMETRY[mode];
  const nxe = (state.efer & WideEfer.NXE) !== 0n && mode !== '32-bit';
  const path: { address: bigint; entry: bigint }[] = [];
  let table = tableBase(state.cr3, mode, masks);
  let writable = true;
  let user = true;
  let executeDisable = false;
  for (let level = geometry.top; ; level--) {
    const shift = 12n + BigInt(level - 1) * geometry.indexBits;
    const index = indexAt(linear, shift, geometry, mode, level);
    const entryAddress = table + BigInt(index * geometry.entryBytes);
    const isRegister = mode === 'PAE' && level === 3;
    const address = isRegister ? 0 : memory.entryAddress(entryAddress, false);
    const entry = isRegister
      ? (state.pdptes[index] ?? 0n)
      : geometry.entryBytes === 4
        ? BigInt(memory.read32(address))
        : memory.read64(address);
    const leaf = level === 1 || isLargePage(entry, level, mode, state);
    const bytes = geometry.entryBytes;
    const entryHostAddress = address;
    visit?.({ level, index, entryAddress, entryHostAddress, bytes, entry, leaf, isRegister });
    if (!(entry & P)) return fault(access, 'not present', level, 0, nxe, state);
    if (entry & reservedBits(mode, level, leaf, nxe, masks, state.isAmd)) {
      return fault(access, 'reserved bit', level, RESERVED_BIT, nxe, state);
    }
    if (!isRegister) {
      path.push({ address: entryAddress, entry });
      writable &&= (entry & RW) !== 0n;
      user &&= (entry & US) !== 0n;
      executeDisable ||= nxe && (entry & XD) !== 0n;
    }
    if (!leaf) {
      table = entry & masks.frame;
      continue;
    }
    const key = protectionKey(state, entry, user);
    const byKey = deniedByKey(state, key, access);
    const denied = denial(state, access, writable, user, executeDisable) ?? byKey;
    if (denied && !access.unchecked) {
      const flags = PROTECTION | (byKey ? PageFaultError.PK : 0);
      return fault(access, denied, level, flags, nxe, state, key);
    }
    if (setFlags) setAccessedAndDirty(memory, path, access.write, geometry.entryBytes);
    const offsetMask = (1n << shift) - 1n;
    const base = entry & ~offsetMask & masks.frame;
    return {
      translation: {
        address: base | (linear & offsetMask),
        pageShift: Number(shift),
        writable,
        user,
        executeDisable,
        global: (entry & G) !== 0n && (state.cr4 & WideCr4.PGE) !== 0n,
        dirty: (entry & D) !== 0n || (setFlags && access.write),
        key,
      },
    };
  }
}

function unpaged(linear: bigint): WalkResult {
  return {
    translation: {
      address: linear & 0xffffffffn,
      pageShift: 12,
      writable: true,
      user: true,
      executeDisable: false,
      global: false,
      dirty: true,
      key: undefined,
    },
  };
}

function tableBase(cr3: bigint, mode: PagingMode, masks: AddressMasks): bigint {
  if (mode === 'PAE') return cr3 & Cr3Address.PAE;
  return cr3 & (mode === '32-bit' ? Cr3Address.LEGACY : masks.frame);
}

function indexAt(
  linear: bigint,
  shift: bigint,
  g: Geometry,
  mode: PagingMode,
  level: number,
): number {
  const bits = mode === 'PAE' && level === 3 ? 2n : g.indexBits;
  return Number((linear >> shift) & ((1n << bits) - 1n));
}

function isLargePage(entry: bigint, level: number, mode: PagingMode, state: PagingState): boolean {
  if (!(entry & PS)) return false;
  if (level === 2) return mode !== '32-bit' || (state.cr4 & WideCr4.PSE) !== 0n;
  return level === 3 && (mode === '4-level' || mode === '5-level');
}

/** Bits that must be zero in a present entry (SDM 3A 4.3 to 4.5, tables of formats). */
function reservedBits(
  mode: PagingMode,
  level: number,
  leaf: boolean,
  nxe: boolean,
  masks: AddressMasks,
  isAmd = false,
): bigint {
  if (mode === '32-bit') return level === 2 && leaf ? PteReserved.PAGE_4M : 0n;
  if (mode === 'PAE' && level === 3) return masks.reserved | PteReserved.PDPTE_PAE;
  const always = masks.reserved | (nxe ? 0n : XD) | (mode === 'PAE' ? PteReserved.PAE : 0n);
  if (level >= 4) return always | (isAmd ? PteReserved.NO_PAGE_AMD : PteReserved.NO_PAGE);
  if (!leaf || level === 1) return always;
  return always | (level === 2 ? PteReserved.PAGE_2M : PteReserved.PAGE_1G);
}

/** Why the rights do not allow the access (SDM 3A 4.6.1), or undefined; protection keys come after. */
function denial(
  state: PagingState,
  access: Access,
  writable: boolean,
  user: boolean,
  executeDisable: boolean,
): PageFault['cause'] | undefined {
  if (access.execute && executeDisable) return 'execute-disable';
  if (access.user) {
    if (!user) return 'user/supervisor';
    return access.write && !writable ? 'read/write' : undefined;
  }
  if (user) {
    if (access.execute && state.cr4 & WideCr4.SMEP) return 'SMEP';
    const allowed = (state.systemFlags & WideRflags.AC) !== 0n && !access.implicit;
    if (!access.execute && state.cr4 & WideCr4.SMAP && !allowed) return 'SMAP';
  }
  return access.write && !writable && state.cr0 & WideCr0.WP ? 'read/write' : undefined;
}

function fault(
  access: Access,
  cause: PageFault['cause'],
  level: number,
  flags: number,
  nxe: boolean,
  state: PagingState,
  key?: number,
): WalkResult {
  const fetch = access.execute && (nxe || (state.cr4 & WideCr4.SMEP) !== 0n);
  const errorCode =
    flags |
    (access.write ? PageFaultError.WR : 0) |
    (access.user ? PageFaultError.US : 0) |
    (fetch ? PageFaultError.ID : 0);
  return { fault: { errorCode, cause, level, ...(key !== undefined && { key }) } };
}

function setAccessedAndDirty(
  memory: EntryMemory,
  path: readonly { address: bigint; entry: bigint }[],
  write: boolean,
  entryBytes: number,
): void {
  path.forEach(({ address, entry }, n) => {
    const wanted = entry | A | (write && n === path.length - 1 ? D : 0n);
    if (wanted === entry) return;
    const host = memory.entryAddress(address, true);
    if (entryBytes === 4) memory.write32(host, Number(wanted));
    else memory.write64(host, wanted);
  });
}

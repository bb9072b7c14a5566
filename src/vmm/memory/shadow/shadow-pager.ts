import { Pte, tableIndex } from '../../../isa/paging';
import type { Persistent } from '../../../processor/persistent';
import {
  walk,
  type Access,
  type EntryMemory,
  type PagingState,
  type Translation,
  type WalkResult,
  type WalkStep,
} from '../../../processor/paging/walk';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import { PAGE_SIZE } from '../../../processor/state/layout';
import type { GuestPage, GuestPages } from '../guest-pages';
import type { FramePool } from './frame-pool';
import {
  ALL_RIGHTS,
  firstTable,
  guestTable,
  levelsOf,
  narrowed,
  roleName,
  roleOf,
  tableName,
  type Underneath,
} from './guest-tables';
import type { Rights, Role, ShadowPage } from './shadow-page';
import { ShadowTables, type ReservedEntry, type ShadowTablesState } from './shadow-tables';

/** So many writes to a table in a row, and it is taken for one no longer. */
const WRITES_OF_A_FORMER_TABLE = 3;
/** The most tables that one address needs. */
const LONGEST_PATH = 5;

const { P, RW, US, PWT, PCD, A, D, PAT, PAT_LARGE, G, PK, XD } = Pte;
const TABLE_ENTRY = P | RW | US | A;
/** A PDPTE of PAE paging grants no rights: these bits are reserved in it. */
const PDPTE = P;

/** What is particular to a monitor that uses shadow tables. */
export interface ShadowPagerOptions {
  /** Default: PAE paging. */
  readonly underneath?: Underneath;
  /** The monitor's own part of every address space, in the tables of the fourth level. */
  readonly reserved?: ReservedEntry;
  /** Whether an address lies in another part of it, which only the guest's kernel has beside (`mapOwn`). */
  readonly isOwn?: (linear: bigint) => boolean;
}

/** What became of an access that the shadow tables did not allow. */
export type Filling =
  /** They allow it now. */
  | 'filled'
  /** They had done so before: it is something else that forbids it. */
  | 'unchanged'
  /** They may never: a device answers there, or it is ROM, or a table of the guest's is written, or it is the monitor's. */
  | 'emulate'
  /** It is RAM that has no frame yet. */
  | 'no frame';

export interface ShadowPagerState {
  readonly tables: ShadowTablesState;
  readonly activeRoot: number;
  readonly activeHome: number | undefined;
}

/**
 * Shadow paging: page tables that lead from guest-linear addresses straight to host-physical ones, made
 * from the guest's own tables and the map of its memory. They are filled in when the guest meets a page
 * fault. Frames that hold tables of the guest's are mapped read-only, so that its writes to them come
 * to the monitor, which clears what was made of the old entries.
 *
 * The rights of the whole walk stand in the last entry. It is writable only once the guest's is dirty:
 * so the monitor meets the first write, and sets the flag as the processor would.
 */
export class ShadowPager implements Persistent<ShadowPagerState> {
  private readonly tables: ShadowTables;
  /** The monitor itself sets accessed and dirty flags: nothing that was made of the entry changes. */
  private settingFlags = false;
  /** The root that the guest has at present is not given up for being written to. */
  private activeRoot = 0;
  /** The frame of the guest's table that it stands for, if there is one. */
  private activeHome: number | undefined;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly guest: GuestPages,
    pool: FramePool,
    private readonly options: ShadowPagerOptions = {},
  ) {
    this.tables = new ShadowTables(memory, pool, options.reserved);
    memory.onWrite((address, length) => {
      this.written(address, length);
    });
  }

  /** Host-physical address of the root for the guest's present address space. */
  root(state: PagingState, kernelAsUser = false): number {
    this.makeRoom(1);
    const role = roleOf(state, kernelAsUser);
    const { frame } = this.rootPage(state, role);
    this.activeRoot = frame;
    const inMemory = role.mode !== 'none' && role.mode !== 'PAE';
    this.activeHome = inMemory ? this.guest.pageAt(firstTable(state, role))?.frame : undefined;
    return frame;
  }

  /** Walks the guest's own tables as the processor does, accessed and dirty flags included. */
  walk(state: PagingState, linear: bigint, access: Access): WalkResult {
    this.settingFlags = true;
    try {
      return walk(state, this.entries, linear, access, true);
    } finally {
      this.settingFlags = false;
    }
  }

  /**
   * The same, with the entries on the way.
   *
   * @param touch whether accessed flags are set
   */
  trace(
    state: PagingState,
    linear: bigint,
    access: Access,
    touch: boolean,
  ): WalkResult & { readonly steps: readonly WalkStep[] } {
    const steps: WalkStep[] = [];
    this.settingFlags = true;
    try {
      const result = walk(state, this.entries, linear, access, touch, (step) => {
        steps.push(step);
      });
      return { ...result, steps };
    } finally {
      this.settingFlags = false;
    }
  }

  /**
   * Maps pages of the monitor's own, one behind the other, where its guest's kernel is.
   *
   * @param entries the last entries of the walk
   */
  mapOwn(
    state: PagingState,
    kernelAsUser: boolean,
    linear: bigint,
    entries: readonly bigint[],
  ): void {
    const access = { write: false, execute: false, user: false, unchecked: true };
    const { steps } = this.trace(state, linear, access, false);
    this.makeRoom(LONGEST_PATH);
    const { last } = this.path(state, roleOf(state, kernelAsUser), linear, steps);
    if (this.memory.read64(last) === entries[0]) return;
    entries.forEach((entry, n) => this.tables.fill(last + n * 8, entry));
  }

  /** Fills in what the access needs. The guest's own tables allow it. */
  fill(state: PagingState, linear: bigint, access: Access, kernelAsUser = false): Filling {
    if (this.isReserved(linear)) return 'emulate';
    const steps: WalkStep[] = [];
    const unchecked = { ...access, unchecked: true };
    const { translation } = walk(state, this.entries, linear, unchecked, false, (step) => {
      steps.push(step);
    });
    const home = translation && this.guest.pageAt(translation.address);
    if (translation && !home && this.guest.isRam(translation.address)) return 'no frame';
    if (!home || steps.some(({ entryHostAddress }) => entryHostAddress >= this.memory.size)) {
      return 'emulate';
    }
    const role = roleOf(state, kernelAsUser);
    this.makeRoom(LONGEST_PATH);
    const path = this.path(state, role, linear, steps);
    // Only now is it known which frames hold tables of the guest's.
    const writable = this.mayWrite(role, translation, home);
    if (access.write && !writable) return 'emulate';
    const leaf = kernelAsUser ? asUsers(translation, role) : translation;
    const entry = leafEntry(role, leaf, home, steps.at(-1), writable);
    return this.tables.fill(path.last, entry) || path.isNew ? 'filled' : 'unchanged';
  }

  /** Whether an address lies in the monitor's own part of the address space. */
  isReserved(linear: bigint): boolean {
    const { reserved, isOwn } = this.options;
    if (isOwn?.(linear) === true) return true;
    return reserved !== undefined && tableIndex(linear, 4) === reserved.index;
  }

  /** Whether writes to a frame have to be seen: it holds tables of the guest's. */
  isTraced(frame: number): boolean {
    return this.tables.isTraced(frame);
  }

  /** Writes to these frames have to be seen from now on, and to no others beside those that hold page tables. */
  watch(frames: ReadonlySet<number>): void {
    this.tables.watch(frames);
  }

  /** Whether anything has changed since this was asked last that the processor may know. */
  takeChanged(): boolean {
    return this.tables.takeChanged();
  }

  /** The guest loses a frame. */
  forgetFrame(frame: number): void {
    this.tables.forgetFrame(frame);
  }

  /** Whether a frame has to stay where it is: it is watched, or its guest's present tables begin there. */
  holds(frame: number): boolean {
    return this.tables.isWatched(frame) || frame === this.activeHome;
  }

  /** The map of the guest's memory is another. */
  forgetAll(): void {
    this.tables.removeAll();
  }

  save(): ShadowPagerState {
    const { activeRoot, activeHome } = this;
    return { tables: this.tables.save(), activeRoot, activeHome };
  }

  restore({ tables, activeRoot, activeHome }: ShadowPagerState): void {
    this.tables.restore(tables);
    this.activeRoot = activeRoot;
    this.activeHome = activeHome;
  }

  /** The guest's tables lie in its memory; where it has none, they are all ones, and writes are lost. */
  private readonly entries: EntryMemory = {
    entryAddress: (guestPhysical, write) => {
      const page = this.guest.obtain(guestPhysical);
      if (!page || (write && !page.writable)) return this.memory.size;
      return page.frame + Number(guestPhysical & 0xfffn);
    },
    read32: (address) => this.memory.read32(address),
    read64: (address) => this.memory.read64(address),
    write32: (address, value) => {
      this.memory.write32(address, value);
    },
    write64: (address, value) => {
      this.memory.write64(address, value);
    },
  };

  /** Somebody has written to host memory. */
  private written(address: number, length: number): void {
    if (this.settingFlags) return;
    for (let at = address; at < address + length;) {
      const size = Math.min(address + length - at, PAGE_SIZE - (at % PAGE_SIZE));
      for (const page of this.tables.written(at, size)) this.countWrite(page);
      at += size;
    }
  }

  /** A page that is written again and again without being used as a table is no table any more. */
  private countWrite(page: ShadowPage): void {
    page.writes++;
    if (page.writes < WRITES_OF_A_FORMER_TABLE || page.frame === this.activeRoot) return;
    this.tables.remove(page);
  }

  /** Where no frames are left all tables are given up: what is used comes back by page faults. */
  private makeRoom(tables: number): void {
    if (this.tables.free < tables) this.tables.removeAll();
  }

  private rootPage(state: PagingState, role: Role): ShadowPage {
    const level = levelsOf(role, this.options.underneath ?? 'PAE');
    const name = roleName(role);
    if (role.mode === 'none') return this.tables.page(`${name} root`, level);
    if (role.mode === 'PAE') {
      return this.tables.page(`${name} root ${Array.from(state.pdptes).join(' ')}`, level);
    }
    const frame = this.guest.obtain(firstTable(state, role))?.frame;
    if (frame === undefined) return this.tables.page(`${name} root nowhere`, level);
    if (role.mode === '32-bit') return this.tables.page(`${name} root ${String(frame)}`, level);
    const table = guestTable(role, level, frame, 0n);
    return this.tables.page(tableName(role, level, table, ALL_RIGHTS), level, table);
  }

  /** The tables for a linear address, made as needed, and the address of its last entry. */
  private path(
    state: PagingState,
    role: Role,
    linear: bigint,
    steps: readonly WalkStep[],
  ): { last: number; isNew: boolean } {
    let isNew = false;
    let page = this.rootPage(state, role);
    let rights = ALL_RIGHTS;
    const registers = page.level === 3;
    for (let level = page.level; level > 1; level--) {
      const at = page.frame + tableIndex(linear, level) * 8;
      const step = steps.find((each) => each.level === level);
      if (step) rights = narrowed(rights, step, role);
      // PDPTE registers are no table.
      const inMemory = !(role.mode === 'PAE' && level === 4);
      const next = inMemory ? steps.find((each) => each.level === level - 1) : undefined;
      const child = next
        ? this.tableFor(role, level - 1, next, rights, linear)
        : this.tables.page(`part of ${at.toString(16)}`, level - 1);
      const flags = registers && level === 3 ? PDPTE : TABLE_ENTRY;
      isNew = this.tables.fill(at, BigInt(child.frame) | flags) || isNew;
      page = child;
      page.writes = 0;
    }
    return { last: page.frame + tableIndex(linear, 1) * 8, isNew };
  }

  private tableFor(
    role: Role,
    level: number,
    { entryHostAddress }: WalkStep,
    rights: Rights,
    linear: bigint,
  ): ShadowPage {
    const frame = entryHostAddress - (entryHostAddress % PAGE_SIZE);
    const table = guestTable(role, level, frame, linear);
    return this.tables.page(tableName(role, level, table, rights), level, table);
  }

  /** Without CR0.WP a supervisor may write everywhere; where users are, too, the monitor does it. */
  private mayWrite(
    { writeProtect, kernelAsUser }: Role,
    page: Translation,
    home: GuestPage,
  ): boolean {
    const allowed = page.writable || (!writeProtect && (kernelAsUser || !page.user));
    return allowed && page.dirty && home.writable && !this.tables.isTraced(home.frame);
  }
}

/** A page as a kernel sees it that the processor takes for a user. */
const asUsers = (page: Translation, { noUserCode }: Role): Translation => ({
  ...page,
  user: true,
  executeDisable: page.executeDisable || (noUserCode && page.user),
});

/** The entry that maps a page: the rights of the whole walk, and what the guest's last entry says beside them. */
function leafEntry(
  { mode, kernelAsUser }: Role,
  page: Translation,
  { frame }: GuestPage,
  step: WalkStep | undefined,
  writable: boolean,
): bigint {
  const rights = (writable ? RW | D : 0n) | (page.user ? US : 0n) | (page.executeDisable ? XD : 0n);
  const keys = !kernelAsUser && (mode === '4-level' || mode === '5-level') ? PK : 0n;
  const last = step?.entry ?? 0n;
  const large = step !== undefined && step.level > 1;
  const pat = last & (large ? PAT_LARGE : PAT) ? PAT : 0n;
  return BigInt(frame) | P | A | rights | pat | (last & (PWT | PCD | G | keys));
}

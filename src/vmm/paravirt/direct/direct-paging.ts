import { WideCr4 } from '../../../isa/registers/control';
import { walk, type EntryMemory, type PagingState } from '../../../processor/paging/walk';
import type { SecondLevel } from '../../../processor/paging/mmu';
import type { Persistent } from '../../../processor/persistent';
import type { PhysicalMemory } from '../../../processor/physical-memory';
import { PAGE_SIZE } from '../../../processor/state/layout';
import type { GuestPager } from '../../deprivilege/guest-pager';
import type { SoftwareProcessor } from '../../emulator/software-processor';
import type { GuestMemory } from '../../memory/guest-memory';
import type { ReservedEntry } from '../../memory/shadow/shadow-tables';
import type { ShadowPager } from '../../memory/shadow/shadow-pager';
import { DirectAddresses } from './direct-addresses';
import { FrameTypes, type FrameTypesState } from './frame-types';
import type { Refusal } from './refusal';

const TOP_LEVEL = 4;
const FRAME_BITS = 0xffffffffff000n;
/** Video memory and ROM have frames of their own, which no table may name. */
const CONVENTIONAL = 0xa0000;
const EXTENDED = 0x100000;

export interface DirectPagingState {
  readonly root: number | undefined;
  readonly frames: readonly (readonly [frame: number, page: number])[];
  readonly types: FrameTypesState;
  readonly pinned: readonly number[];
  readonly refused: number;
}

/** What it works with. */
export interface DirectPagingParts {
  readonly memory: PhysicalMemory;
  readonly guestMemory: GuestMemory;
  readonly software: SoftwareProcessor;
  readonly reserved: ReservedEntry;
  /** What translates until the guest's own tables do. */
  readonly shadow: ShadowPager;
}

/**
 * Direct paging: the guest's own tables are those that the processor walks. Their entries hold host-physical addresses,
 * which the guest asks for, and change by calls alone, so that the monitor can refuse what would reach beyond the guest.
 */
export class DirectPaging implements GuestPager, Persistent<DirectPagingState> {
  /** Is told of everything that is refused. */
  onRefused: (refusal: Refusal) => void = () => undefined;
  readonly types: FrameTypes;
  /** Host-physical address of the table that CR3 names; undefined while shadow tables are used. */
  private base: number | undefined;
  /** Guest-physical pages by their frames, as they are when direct paging begins. */
  private readonly frames = new Map<number, number>();
  private readonly guestPhysical: SecondLevel | undefined;
  private readonly pinned = new Set<number>();
  private refused = 0;

  constructor(private readonly parts: DirectPagingParts) {
    const { memory, reserved, software } = parts;
    this.types = new FrameTypes(memory, reserved, this.owns, (refusal) => {
      this.refused++;
      this.onRefused(refusal);
    });
    this.guestPhysical = software.cpu.mmu.secondLevel;
  }

  get isUsed(): boolean {
    return this.base !== undefined;
  }

  /** How often something was refused. */
  get refusals(): number {
    return this.refused;
  }

  /** The frame of a page of the guest's RAM, which gets one if it has none. */
  frameOfPage(page: bigint): number {
    const { guestMemory } = this.parts;
    return guestMemory.hostAddress(page) ?? guestMemory.allocate(page);
  }

  /** The guest-physical address of a host-physical one. */
  guestAddress(address: number): bigint | undefined {
    const page = this.frames.get(address - (address % PAGE_SIZE));
    return page === undefined ? undefined : BigInt(page + (address % PAGE_SIZE));
  }

  /** Direct paging begins with this table of the fourth level. @returns whether its tables allow that */
  begin(base: number): boolean {
    this.listFrames();
    if (!this.types.useTable(base, TOP_LEVEL)) {
      this.end();
      return false;
    }
    this.parts.shadow.forgetAll();
    this.base = base;
    this.parts.software.state.cr3 = BigInt(base);
    this.chooseAddresses();
    return true;
  }

  /** @returns whether the frame is a table of that level, or can be one */
  pin(table: number, level: number): boolean {
    if (!this.types.useTable(table, level)) return false;
    if (this.pinned.has(table)) this.types.release(table);
    this.pinned.add(table);
    return true;
  }

  /** @returns whether it was pinned */
  unpin(table: number): boolean {
    if (!this.pinned.delete(table)) return false;
    this.types.release(table);
    return true;
  }

  /** Another table for CR3. @returns whether it can be one */
  changeRoot(base: number): boolean {
    if (!this.types.useTable(base, TOP_LEVEL)) return false;
    if (this.base !== undefined) this.types.release(this.base);
    this.base = base;
    return true;
  }

  /** What the guest's instructions have made of CR3 and its modes is made right. @returns whether anything has changed */
  settle(): boolean {
    const { base } = this;
    const { state } = this.parts.software;
    if (base === undefined) return false;
    if (!state.paging || !state.longMode || state.cr4 & WideCr4.LA57) {
      this.end();
      return true;
    }
    const wanted = Number(state.cr3 & FRAME_BITS);
    if (wanted === base) return false;
    if (!this.changeRoot(wanted)) state.cr3 = BigInt(base);
    return true;
  }

  get seesNoWrites(): boolean {
    return this.isUsed;
  }

  root(state: PagingState, kernelAsUser: boolean): number {
    return this.base ?? this.parts.shadow.root(state, kernelAsUser);
  }

  walk(...[state, linear, access]: Parameters<GuestPager['walk']>): ReturnType<GuestPager['walk']> {
    if (!this.isUsed) return this.parts.shadow.walk(state, linear, access);
    return this.types.settingFlags(() => walk(state, this.entries, linear, access, true));
  }

  /** Nothing is ever missing from tables that the processor itself walks. */
  fill(...given: Parameters<GuestPager['fill']>): ReturnType<GuestPager['fill']> {
    return this.isUsed ? 'emulate' : this.parts.shadow.fill(...given);
  }

  isReserved(linear: bigint): boolean {
    return this.parts.shadow.isReserved(linear);
  }

  watch(frames: ReadonlySet<number>): void {
    if (!this.isUsed) this.parts.shadow.watch(frames);
  }

  frameOf(address: bigint): number | undefined {
    if (this.isUsed) return this.owns(Number(address)) ? Number(address) : undefined;
    return this.parts.guestMemory.pageAt(address)?.frame;
  }

  save(): DirectPagingState {
    const { base: root, types, refused } = this;
    return {
      root,
      frames: [...this.frames],
      types: types.save(),
      pinned: [...this.pinned],
      refused,
    };
  }

  restore({ root, frames, types, pinned, refused }: DirectPagingState): void {
    this.base = root;
    this.refused = refused;
    this.frames.clear();
    for (const [frame, page] of frames) this.frames.set(frame, page);
    this.types.restore(types);
    this.pinned.clear();
    for (const table of pinned) this.pinned.add(table);
    this.chooseAddresses();
  }

  private readonly owns = (frame: number): boolean => this.frames.has(frame);

  /** Shadow tables again, of a guest that has left 64-bit mode. */
  private end(): void {
    this.base = undefined;
    this.types.clear();
    this.frames.clear();
    this.pinned.clear();
    this.chooseAddresses();
  }

  private chooseAddresses(): void {
    const { mmu } = this.parts.software.cpu;
    const direct = this.isUsed && new DirectAddresses(this.types, this.owns);
    mmu.secondLevel = direct || this.guestPhysical;
  }

  private listFrames(): void {
    const { guestMemory } = this.parts;
    const { size } = guestMemory;
    this.frames.clear();
    for (let page = 0; page + PAGE_SIZE <= size; page += PAGE_SIZE) {
      if (page === CONVENTIONAL) page = EXTENDED;
      if (page >= size) return;
      const frame = this.frameOfPage(BigInt(page));
      if (!guestMemory.isCards(frame)) this.frames.set(frame, page);
    }
  }

  private readonly entries: EntryMemory = {
    entryAddress: (address) => {
      const host = Number(address);
      return this.owns(host - (host % PAGE_SIZE)) ? host : this.parts.memory.size;
    },
    read32: (address) => this.parts.memory.read32(address),
    read64: (address) => this.parts.memory.read64(address),
    write32: (address, value) => {
      this.parts.memory.write32(address, value);
    },
    write64: (address, value) => {
      this.parts.memory.write64(address, value);
    },
  };
}

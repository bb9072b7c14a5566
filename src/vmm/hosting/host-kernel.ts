import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { FrameAllocator } from '../host/frames';
import type { HostProcess } from './host-process';
import { SwapDevice, type SwapDeviceState } from './swap-device';

/** A page of guest RAM in a process of the host's. */
export interface ProcessPage {
  /** Of the process, which is that of its guest. */
  readonly number: number;
  /** Guest-physical. */
  readonly page: number;
}

/** How often pages came and went. */
export interface PagingCounts {
  /** Host page faults of pages that were touched for the first time. */
  readonly firstTouches: number;
  /** Host page faults of pages that lay on the swap device. */
  readonly swapIns: number;
  /** Pages that had to make room. */
  readonly swapOuts: number;
}

export interface HostKernelState {
  readonly taken: number;
  readonly free: readonly number[];
  /** Pages with frames, the one that came or was asked for first in front. */
  readonly resident: readonly number[];
  readonly pinned: readonly number[];
  readonly swap: SwapDeviceState;
  readonly counts: PagingCounts;
}

/**
 * So many frames are always free between two operations of the monitor, so that none has to take one away in the middle
 * of what it does: an instruction, or what a device moves at once, needs fewer.
 */
const RESERVE = 32;
/**
 * With no more the kernel makes room before it gives one to a page, so that handlers, where one sees it, come first. It has
 * them beside what its processes use.
 */
export const FREE_FRAMES = RESERVE + 8;
/** Where even so many cannot be kept, the host is out of memory. */
const LAST = 8;

/** Pages of a process are numbered from here on. */
const PROCESS = 2 ** 32;

/**
 * The host's kernel, as far as processes get memory from it: a frame when a page is touched; where there are too few, the
 * page that has been there longest goes to the swap device. What the processor does with a page is not seen, only what
 * the monitor asks for.
 */
export class HostKernel implements Persistent<HostKernelState> {
  readonly swap = new SwapDevice();
  private readonly processes: HostProcess[] = [];
  private free: number[] = [];
  private readonly resident = new Set<number>();
  private readonly pinned = new Set<number>();
  private counted: PagingCounts = { firstTouches: 0, swapIns: 0, swapOuts: 0 };

  constructor(
    private readonly memory: PhysicalMemory,
    /** Frames that no page has had. */
    private readonly pool: FrameAllocator,
    /** Bytes of memory for its processes. */
    readonly size: number,
  ) {}

  adopt(process: HostProcess): void {
    this.processes.push(process);
  }

  get counts(): PagingCounts {
    return this.counted;
  }

  get freeFrames(): number {
    return this.pool.free + this.free.length;
  }

  /** Whether room is to be made before a page gets a frame. */
  get isShort(): boolean {
    return this.freeFrames <= FREE_FRAMES;
  }

  /** How many pages of a process have frames. */
  residentPages(process: HostProcess): number {
    const number = this.numberOf(process);
    const all = [...this.resident, ...this.pinned];
    return all.filter((key) => pageOf(key).number === number).length;
  }

  process(number: number): HostProcess {
    const process = this.processes[number];
    if (!process) throw new RangeError(`the host has no process ${String(number)}`);
    return process;
  }

  /** Whether a value of CR3 is that of a process. */
  isRoot(cr3: bigint): boolean {
    return this.processes.some((process) => process.cr3 === cr3);
  }

  /** The frame of a page, at once. */
  obtain(process: HostProcess, page: number): number {
    const state = process.stateOf(page);
    const at = { number: this.numberOf(process), page };
    if (state.kind === 'present') {
      this.noteUse(at);
      return state.frame;
    }
    if (this.freeFrames === 0) this.makeRoom();
    const frame = this.takeFrame();
    if (state.kind === 'swapped') this.readBack(at, frame);
    this.map(at, frame);
    return frame;
  }

  /** The page keeps its frame for good. */
  pin(process: HostProcess, page: number): void {
    const key = keyOf({ number: this.numberOf(process), page });
    this.resident.delete(key);
    this.pinned.add(key);
  }

  /** Keeps frames in reserve. @returns whether the host has memory left */
  keepReserve(): boolean {
    while (this.freeFrames < RESERVE) if (!this.makeRoom()) return this.freeFrames >= LAST;
    return true;
  }

  /** Takes the page that is to make room off the list; undefined where the monitor needs all of them. */
  isolateOldest(): ProcessPage | undefined {
    for (const key of this.resident) {
      const page = pageOf(key);
      const { process, frame } = this.find(page);
      if (process.holder.holds(frame)) continue;
      this.resident.delete(key);
      return page;
    }
    return undefined;
  }

  /** Nobody gets to the page's frame any more: not by the EPT or shadow tables, nor by what the processor knows of them. */
  withdraw(page: ProcessPage): void {
    const { process, frame } = this.find(page);
    process.holder.withdraw(page.page, frame);
  }

  /** Copies it to the swap device. @returns the slot */
  writeAway({ number, page }: ProcessPage): number {
    const { frame } = this.find({ number, page });
    return this.swap.write(this.memory.readBytes(frame, PAGE_SIZE));
  }

  /** Its entry tells where it lies now, and its frame is free. */
  unmap(page: ProcessPage, slot: number): void {
    const { process, frame } = this.find(page);
    process.setSwapped(page.page, slot);
    this.free.push(frame);
    this.counted = { ...this.counted, swapOuts: this.counted.swapOuts + 1 };
  }

  /** A free frame, all zeros. @throws RangeError where there is none */
  takeFrame(): number {
    const used = this.free.pop();
    if (used === undefined) return this.pool.allocate();
    this.memory.writeBytes(used, new Uint8Array(PAGE_SIZE));
    return used;
  }

  /** Copies a page from the swap device into a frame. */
  readBack({ number, page }: ProcessPage, frame: number): void {
    const state = this.process(number).stateOf(page);
    if (state.kind !== 'swapped') throw new RangeError('the page does not lie on the swap device');
    this.memory.writeBytes(frame, this.swap.read(state.slot));
  }

  /** The page has a frame from now on. */
  map(page: ProcessPage, frame: number): void {
    const process = this.process(page.number);
    const before = process.stateOf(page.page);
    const { firstTouches, swapIns } = this.counted;
    if (before.kind === 'swapped') {
      this.swap.release(before.slot);
      this.counted = { ...this.counted, swapIns: swapIns + 1 };
    } else {
      this.counted = { ...this.counted, firstTouches: firstTouches + 1 };
    }
    process.setPresent(page.page, frame);
    this.noteUse(page);
  }

  save(): HostKernelState {
    const { pool, free, resident, pinned, swap, counted } = this;
    return {
      taken: pool.save(),
      free: [...free],
      resident: [...resident],
      pinned: [...pinned].sort((a, b) => a - b),
      swap: swap.save(),
      counts: counted,
    };
  }

  restore({ taken, free, resident, pinned, swap, counts }: HostKernelState): void {
    this.pool.restore(taken);
    this.free = [...free];
    this.resident.clear();
    for (const key of resident) this.resident.add(key);
    this.pinned.clear();
    for (const key of pinned) this.pinned.add(key);
    this.swap.restore(swap);
    this.counted = counts;
  }

  /** All that a handler does step by step (`handlers/host-page-fault.ts`), at once. @returns whether a page made room */
  private makeRoom(): boolean {
    const victim = this.isolateOldest();
    if (!victim) return false;
    this.withdraw(victim);
    this.unmap(victim, this.writeAway(victim));
    return true;
  }

  private noteUse(page: ProcessPage): void {
    const key = keyOf(page);
    if (this.pinned.has(key)) return;
    this.resident.delete(key);
    this.resident.add(key);
  }

  private find({ number, page }: ProcessPage): { process: HostProcess; frame: number } {
    const process = this.process(number);
    const state = process.stateOf(page);
    if (state.kind !== 'present') throw new RangeError(`page ${page.toString(16)} has no frame`);
    return { process, frame: state.frame };
  }

  private numberOf(process: HostProcess): number {
    return this.processes.indexOf(process);
  }
}

const keyOf = ({ number, page }: ProcessPage): number => number * PROCESS + page / PAGE_SIZE;

const pageOf = (key: number): ProcessPage => ({
  number: Math.floor(key / PROCESS),
  page: (key % PROCESS) * PAGE_SIZE,
});

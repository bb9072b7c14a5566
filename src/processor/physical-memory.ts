import {
  PAGE_SIZE,
  PHYSICAL_BASE,
  PLACE_SIZE,
  furtherPlace,
  type ProcessorPlace,
} from './state/layout';
import { MemoryRegions, type MemoryRegion } from './memory-region';
import type { Persistent } from './persistent';

/** Called after a write to a page that somebody watches; `length` bytes at `address` have changed. */
export type WriteWatcher = (address: number, length: number) => void;

/** Called when pages become a region, or plain RAM again. */
export type MapWatcher = (region: MemoryRegion) => void;

/** The frames that hold anything but zeros: their numbers in rising order, and their bytes. */
export interface MemoryState {
  readonly frames: Uint32Array;
  readonly bytes: Uint8Array;
}

/**
 * The simulated computer's physical memory (HPA), which lies inside the WebAssembly memory. Addresses
 * are byte addresses below 2^32. Reads outside RAM give all ones and writes there go nowhere, as on
 * a bus where nobody answers.
 */
export class PhysicalMemory implements Persistent<MemoryState> {
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
  private readonly bytes: Uint8Array;
  private readonly watchers: WriteWatcher[] = [];
  private readonly mapWatchers: MapWatcher[] = [];
  private readonly regions = new MemoryRegions();
  /** Frames that somebody may write in place, without telling. */
  private readonly inHand = new Set<number>();
  /** By frame: 1 where anybody has written or may have. The others hold zeros and need not be looked at. */
  private readonly reached: Uint8Array;

  /** All of it, with what is behind RAM. */
  readonly size: number;

  /**
   * @param ram bytes of RAM, from address 0; a multiple of 64 KiB, with the others below 3.9 GiB
   * @param hidden bytes behind RAM that nobody reaches by their addresses: homes of regions; the same
   * @param further processors beside the first one, which need room
   * @param memory where the bytes lie already, of somebody else's view of them
   * @throws RangeError when the size is out of range or the host has no such memory
   */
  constructor(
    readonly ram: number,
    hidden = 0,
    further = 0,
    memory?: WebAssembly.Memory,
  ) {
    const size = ram + hidden;
    this.size = size;
    const pages = (PHYSICAL_BASE + size + further * PLACE_SIZE) / 65536;
    if (!Number.isInteger(pages) || pages > 65535) {
      throw new RangeError(`physical memory of ${String(size)} bytes`);
    }
    this.memory = memory ?? new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.view = new DataView(this.memory.buffer);
    this.bytes = new Uint8Array(this.memory.buffer, PHYSICAL_BASE, size);
    this.reached = new Uint8Array(Math.ceil(size / PAGE_SIZE)).fill(memory ? 1 : 0);
  }

  /** The place of a further processor, which is none of this memory. @param number from 1 */
  placeOf(number: number): ProcessorPlace {
    return furtherPlace(PHYSICAL_BASE + this.size + (number - 1) * PLACE_SIZE);
  }

  /** Who is told of writes that do not go through the processor's TLB (loaders, devices, a VMM). */
  onWrite(watcher: WriteWatcher): void {
    this.watchers.push(watcher);
  }

  /** Who is told of changes of the map. */
  onMap(watcher: MapWatcher): void {
    this.mapWatchers.push(watcher);
  }

  /** Pages that are not plain RAM from now on. Loaders, and whoever looks, still reach the RAM below. */
  map(region: MemoryRegion): void {
    this.regions.add(region);
    for (const watcher of this.mapWatchers) watcher(region);
  }

  unmap(region: MemoryRegion): void {
    this.regions.remove(region);
    for (const watcher of this.mapWatchers) watcher(region);
  }

  /** What an address belongs to for the processor, if it is not plain RAM. */
  regionAt(address: number): MemoryRegion | undefined {
    return this.regions.at(address);
  }

  /** The same for devices that move data by themselves. */
  regionOnBus(address: number): MemoryRegion | undefined {
    return this.regions.onBus(address);
  }

  /** Reads as the processor does: 1, 2, 4 or 8 bytes within a page, by whoever answers there. */
  load(address: number, bytes: number): bigint {
    const region = this.regions.at(address);
    return region?.read ? region.read(address, bytes) : this.read(address, bytes);
  }

  /** Writes as the processor does. */
  store(address: number, bytes: number, value: bigint): void {
    const region = this.regions.at(address);
    if (region) region.write(address, bytes, value);
    else this.write(address, bytes, value);
  }

  /** Whether something lies there that is at another address for whoever uses memory. */
  isHidden(address: number): boolean {
    return address >= this.ram && address < this.size;
  }

  /** Where the bytes of a page lie: in RAM, or at the home of a region. */
  homeOf(frame: number): number {
    const region = this.regions.at(frame);
    return region?.home === undefined ? frame : region.home + frame - region.first;
  }

  contains(address: number, length: number): boolean {
    return address >= 0 && address + length <= this.size;
  }

  read8(address: number): number {
    return this.contains(address, 1) ? this.view.getUint8(PHYSICAL_BASE + address) : 0xff;
  }

  read16(address: number): number {
    return this.contains(address, 2) ? this.view.getUint16(PHYSICAL_BASE + address, true) : 0xffff;
  }

  read32(address: number): number {
    if (!this.contains(address, 4)) return 0xffffffff;
    return this.view.getUint32(PHYSICAL_BASE + address, true);
  }

  read64(address: number): bigint {
    if (!this.contains(address, 8)) return 0xffffffffffffffffn;
    return this.view.getBigUint64(PHYSICAL_BASE + address, true);
  }

  write8(address: number, value: number): void {
    if (!this.contains(address, 1)) return;
    this.view.setUint8(PHYSICAL_BASE + address, value);
    this.written(address, 1);
  }

  write16(address: number, value: number): void {
    if (!this.contains(address, 2)) return;
    this.view.setUint16(PHYSICAL_BASE + address, value, true);
    this.written(address, 2);
  }

  write32(address: number, value: number): void {
    if (!this.contains(address, 4)) return;
    this.view.setUint32(PHYSICAL_BASE + address, value, true);
    this.written(address, 4);
  }

  write64(address: number, value: bigint): void {
    if (!this.contains(address, 8)) return;
    this.view.setBigUint64(PHYSICAL_BASE + address, value, true);
    this.written(address, 8);
  }

  /** A value of 1, 2, 4 or 8 bytes within RAM or beyond it. */
  read(address: number, bytes: number): bigint {
    switch (bytes) {
      case 1:
        return BigInt(this.read8(address));
      case 2:
        return BigInt(this.read16(address));
      case 4:
        return BigInt(this.read32(address));
      default:
        return this.read64(address);
    }
  }

  write(address: number, bytes: number, value: bigint): void {
    switch (bytes) {
      case 1:
        this.write8(address, Number(value & 0xffn));
        return;
      case 2:
        this.write16(address, Number(value & 0xffffn));
        return;
      case 4:
        this.write32(address, Number(value & 0xffffffffn));
        return;
      default:
        this.write64(address, value);
    }
  }

  /** A copy of `length` bytes; what lies outside RAM reads as 0xff, unless it is a chip of ROM. */
  readBytes(address: number, length: number): Uint8Array {
    if (this.contains(address, length)) return this.bytes.slice(address, address + length);
    const out = new Uint8Array(length).fill(0xff);
    const inside = Math.max(0, Math.min(length, this.size - address));
    out.set(this.bytes.subarray(address, address + inside));
    for (let n = inside; n < length;) {
      const at = address + n;
      const size = Math.min(length - n, PAGE_SIZE - (at % PAGE_SIZE));
      const seen = this.regions.at(at)?.peek?.(at, size);
      if (seen) out.set(seen, n);
      n += size;
    }
    return out;
  }

  writeBytes(address: number, data: Uint8Array): void {
    const inside = Math.max(0, Math.min(data.length, this.size - address));
    this.bytes.set(data.subarray(0, inside), address);
    if (inside > 0) this.written(address, inside);
  }

  save(): MemoryState {
    const used: number[] = [];
    const words = new Int32Array(this.memory.buffer, PHYSICAL_BASE, this.size / 4);
    this.eachReached((frame) => {
      if (!isZero(words, frame * WORDS_PER_FRAME)) used.push(frame);
    });
    const bytes = new Uint8Array(used.length * PAGE_SIZE);
    used.forEach((frame, n) => {
      bytes.set(this.frame(frame * PAGE_SIZE), n * PAGE_SIZE);
    });
    return { frames: Uint32Array.from(used), bytes };
  }

  /** Whoever has decoded code or remembered anything else of what lay in memory must forget it. */
  restore({ frames, bytes }: MemoryState): void {
    this.eachReached((frame) => this.frame(frame * PAGE_SIZE).fill(0));
    frames.forEach((frame, n) => {
      this.restoreFrame(frame, bytes.subarray(n * PAGE_SIZE, (n + 1) * PAGE_SIZE));
    });
  }

  /** The same for a page: what a frame held, given by its number. */
  restoreFrame(frame: number, bytes: Uint8Array): void {
    this.reached[frame] = 1;
    this.frame(frame * PAGE_SIZE).set(bytes);
  }

  /** Somebody may write to a frame from now on, without telling each time. @param address of the frame */
  reach(address: number): void {
    this.reached[address / PAGE_SIZE] = 1;
  }

  private eachReached(visit: (frame: number) => void): void {
    for (let at = this.reached.indexOf(1); at >= 0; at = this.reached.indexOf(1, at + 1)) visit(at);
  }

  /**
   * The words of a page frame, in place: for what is written often, such as a VMCS. Whoever writes
   * calls `written`. Outside RAM they are a page of ones that nobody else sees.
   *
   * @param address 4-KByte aligned
   */
  pageWords(address: number): Int32Array {
    const count = PAGE_SIZE / 4;
    if (!this.contains(address, PAGE_SIZE)) return new Int32Array(count).fill(-1);
    this.inHand.add(address / PAGE_SIZE);
    this.reach(address);
    return new Int32Array(this.memory.buffer, PHYSICAL_BASE + address, count);
  }

  /** The numbers of the frames that were given away by `pageWords`. */
  get framesInHand(): ReadonlySet<number> {
    return this.inHand;
  }

  /** A run of RAM in place. Whoever writes calls `written`. */
  inPlace(address: number, length: number): Uint8Array {
    return this.bytes.subarray(address, address + length);
  }

  /** Tells of bytes that were written, or may have been. */
  written(address: number, length: number): void {
    const last = Math.floor((address + length - 1) / PAGE_SIZE);
    for (let frame = Math.floor(address / PAGE_SIZE); frame <= last; frame++) {
      this.reached[frame] = 1;
    }
    for (const watcher of this.watchers) watcher(address, length);
  }

  /** The bytes of the page frame that holds `address`, in place. */
  frame(address: number): Uint8Array {
    const start = address - (address % PAGE_SIZE);
    return this.bytes.subarray(start, start + PAGE_SIZE);
  }
}

const WORDS_PER_FRAME = PAGE_SIZE / 4;

function isZero(words: Int32Array, start: number): boolean {
  const end = start + WORDS_PER_FRAME;
  for (let n = start; n < end; n++) if (words[n] !== 0) return false;
  return true;
}

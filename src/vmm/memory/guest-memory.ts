import { EptRights } from '../../isa/ept';
import { VBE_MEMORY } from '../../machine/devices/vga/vbe';
import type { WindowMemory } from '../../machine/devices/vga/vga';
import { PAGE_SIZE } from '../../processor/state/layout';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { VIDEO_FIRST, VIDEO_LAST, type AddressRange } from '../../machine/device-map';
import type { FrameAllocator } from '../host/frames';
import type { Backing } from './backing';
import type { GuestPage } from './guest-pages';
import { GuestRom, type GuestRomState } from './guest-rom';
import type { CoveredPage, SecondLevelTables } from './second-level-tables';

/** When the guest's memory gets its host frames. */
export type Allocation = 'eager' | 'on-demand';

export interface GuestMemoryState {
  /** Which frames are taken; the mappings themselves lie in host memory. */
  readonly taken: number | undefined;
  readonly addressLine20: boolean;
  readonly hidden: readonly (readonly [page: number, frame: number])[];
  readonly rom: GuestRomState;
  /** The page under the local APIC. */
  readonly covered: CoveredPage | undefined;
  /** Where the linear frame buffer lies, and whether it has been used. */
  readonly frameBuffer: { readonly first: number | undefined; readonly used: boolean };
}

const LINE_20 = 2 ** 20;
const isOdd = (address: number): boolean => Math.floor(address / LINE_20) % 2 === 1;

/** The guest's RAM: guest-physical pages over host frames, as the tables of the second level say. */
export class GuestMemory implements Persistent<GuestMemoryState> {
  /** Whether the guest's address line 20 comes through: if not, pages of odd megabytes are those below. */
  private addressLine20 = true;
  /** Meanwhile, the frames of their own, by guest-physical page. */
  private readonly hidden = new Map<number, number>();
  private readonly videoFrames = new Map<number, number>();
  readonly rom: GuestRom;
  private frameBuffer: GuestMemoryState['frameBuffer'] = { first: undefined, used: false };

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly tables: SecondLevelTables,
    private readonly backing: Backing,
    /** Bytes of RAM from guest-physical address 0. */
    readonly size: number,
    /** Host-physical address of the memory of the guest's video card. */
    private readonly card: number,
    /** Frames for ROM where there is no RAM, and for RAM that ROM covers. */
    spare: FrameAllocator,
  ) {
    const frameOf = (page: number): number => this.hostAddress(BigInt(page)) ?? this.pinned(page);
    this.rom = new GuestRom(tables, { frameOf }, spare);
  }

  save(): GuestMemoryState {
    const { addressLine20 } = this;
    const { frameBuffer } = this;
    const rom = this.rom.save();
    const taken = this.backing.save();
    const covered = this.tables.save();
    return { taken, addressLine20, hidden: [...this.hidden], rom, covered, frameBuffer };
  }

  restore(state: GuestMemoryState): void {
    const { taken, addressLine20, hidden, rom, covered, frameBuffer } = state;
    this.frameBuffer = frameBuffer;
    this.tables.restore(covered);
    this.rom.restore(rom);
    this.backing.restore(taken);
    this.addressLine20 = addressLine20;
    this.hidden.clear();
    for (const [page, frame] of hidden) this.hidden.set(page, frame);
  }

  /**
   * The guest's A20 gate: the tables map odd megabytes to the frames below them, or to their own again.
   * Whoever calls sees to it that the processor forgets what it knew.
   */
  setAddressLine20(on: boolean): void {
    this.addressLine20 = on;
    for (let page = LINE_20; page < this.size; page += PAGE_SIZE) {
      if (!isOdd(page)) page += LINE_20;
      if (page < this.size) this.remap(page, on);
    }
  }

  private remap(page: number, on: boolean): void {
    if (on) {
      const own = this.hidden.get(page);
      this.tables.map(BigInt(page), own ?? 0, own === undefined ? 0 : EptRights.ALL);
      this.hidden.delete(page);
      return;
    }
    const own = this.hostAddress(BigInt(page));
    if (own !== undefined) this.hidden.set(page, own);
    const below = this.hostAddress(BigInt(page - LINE_20));
    this.tables.map(BigInt(page), below ?? 0, below === undefined ? 0 : EptRights.ALL);
  }

  /** The tables that map it: what the processor is given to find them. */
  get map(): bigint {
    return this.tables.pointer;
  }

  contains(address: bigint): boolean {
    return address >= 0n && address < BigInt(this.size);
  }

  /** Gives every page its frame. */
  allocateAll(): void {
    for (let page = 0; page < this.size; page += PAGE_SIZE) this.allocate(BigInt(page));
  }

  /**
   * A chip of ROM, below 1 MByte or below 4 GBytes: pages that the guest may read and execute. What lies from E0000h on
   * shows below 4 GBytes, too, where a processor begins.
   */
  installRom(address: number, bytes: Uint8Array): void {
    for (let page = address; page < address + bytes.length; page += PAGE_SIZE) {
      this.rom.install(page);
    }
    this.writeBytes(BigInt(address), bytes);
  }

  /**
   * Pages where devices answer instead of RAM: they are not mapped, so that the guest's accesses exit.
   * All others of video memory are RAM. Whoever calls sees to it that the processor forgets what it knew.
   */
  setDevicePages(ranges: readonly AddressRange[]): void {
    for (let page = VIDEO_FIRST; page < VIDEO_LAST; page += PAGE_SIZE) {
      const isDevice = ranges.some(({ first, last }) => page >= first && page <= last);
      if (isDevice) this.tables.map(BigInt(page), this.videoFrame(page), 0);
      else this.tables.map(BigInt(page), this.videoFrame(page));
    }
  }

  /**
   * The linear frame buffer: a guest that draws in it does not exit. It is mapped from its first use on, wherever it lies.
   *
   * @param first guest-physical address; undefined while it does not answer
   */
  placeFrameBuffer(first: number | undefined, used: boolean): void {
    const was = this.frameBuffer;
    const uses = used || was.used;
    if (first === was.first && uses === was.used) return;
    if (was.used && was.first !== undefined) this.mapCard(was.first, 0);
    if (uses && first !== undefined) this.mapCard(first, EptRights.ALL);
    this.frameBuffer = { first, used: uses };
  }

  /**
   * The local APIC's page: accesses of the guest's processor exit, whatever lies below. Whoever calls sees to it that the
   * processor forgets what it knew.
   *
   * @param page guest-physical address; undefined while it does not answer in memory
   */
  placeLocalApic(page: number | undefined): void {
    this.tables.cover(page === undefined ? undefined : BigInt(page));
  }

  private mapCard(first: number, rights: number): void {
    for (let offset = 0; offset < VBE_MEMORY; offset += PAGE_SIZE) {
      this.tables.map(BigInt(first + offset), this.card + offset, rights);
    }
  }

  /** Frames under video memory are the VGA's for good. */
  private videoFrame(page: number): number {
    const known = this.videoFrames.get(page);
    if (known !== undefined) return known;
    const frame = this.hostAddress(BigInt(page)) ?? this.backing.pin(page);
    this.videoFrames.set(page, frame);
    return frame;
  }

  /** Whether a frame is memory of the video card, which draws there without anybody being told. */
  isCards(frame: number): boolean {
    return frame >= this.card && frame < this.card + VBE_MEMORY;
  }

  /** Whether the guest cannot simply write at an address: it is ROM, or RAM behind it. */
  isRom(address: bigint): boolean {
    return this.rom.covers(Number(address));
  }

  /** Writes as the guest does: ROM stays as it is. @param data within a page */
  store(address: number, data: Uint8Array): void {
    if (!this.rom.covers(address)) {
      this.writeBytes(BigInt(address), data);
      return;
    }
    const host = this.rom.writtenAt(address);
    if (host !== undefined) this.memory.writeBytes(host, data);
  }

  /** Gives the page at `address` a frame; the frame's host-physical address. */
  allocate(address: bigint): number {
    const page = address & ~0xfffn;
    const frame = this.frameFor(Number(page));
    this.tables.map(page, frame);
    return frame;
  }

  /** The same, for a page that keeps its frame for good. */
  private pinned(page: number): number {
    const frame = this.backing.pin(page);
    this.tables.map(BigInt(page), frame);
    return frame;
  }

  /** The page loses its frame: nothing leads there any more, until it is asked for. */
  withdraw(page: number): void {
    // Where A20 hides it, nothing does.
    if (this.hidden.delete(page)) return;
    this.tables.map(BigInt(page), 0, 0);
    const above = page + LINE_20;
    if (!this.addressLine20 && !isOdd(page) && above < this.size)
      this.tables.map(BigInt(above), 0, 0);
  }

  /** The page of RAM that answers at an address, which A20 may lead to the megabyte below. */
  ramPage(address: bigint): number {
    const page = Number(address & ~0xfffn);
    return this.addressLine20 || !isOdd(page) ? page : page - LINE_20;
  }

  /** A free frame; for a page that A20 hides, that of the page below, which gets one if it has none. */
  private frameFor(page: number): number {
    if (this.ramPage(BigInt(page)) === page) return this.backing.obtain(page);
    const below = BigInt(page - LINE_20);
    return this.hostAddress(below) ?? this.allocate(below);
  }

  /** Where a guest-physical address lies in host memory, by these tables; undefined when it is not mapped. The local APIC covers none. */
  hostAddress(address: bigint): number | undefined {
    const offset = address & 0xfffn;
    const covered = this.tables.coveredFrame(address - offset);
    if (covered !== undefined) return covered + Number(offset);
    const page = this.tables.pageAt(address - offset);
    return page && page.frame + Number(offset);
  }

  /** The page of a guest-physical address, and whether the guest may write to it. */
  pageAt(address: bigint): GuestPage | undefined {
    return this.tables.pageAt(address & ~0xfffn);
  }

  read(address: bigint, bytes: number): bigint {
    const data = this.readBytes(address, bytes);
    return data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  write(address: bigint, bytes: number, value: bigint): void {
    this.writeBytes(address, littleEndian(value, bytes));
  }

  /** Bytes at a guest-physical address; 0xff where nothing is mapped. */
  readBytes(address: bigint, length: number): Uint8Array {
    const out = new Uint8Array(length).fill(0xff);
    this.pieces(address, length, (host, offset, size) => {
      const at = address + BigInt(offset);
      const bytes =
        host === undefined ? this.unmapped(at, size) : this.memory.readBytes(host, size);
      if (bytes) out.set(bytes, offset);
    });
    return out;
  }

  /** What lies where the map leads nowhere, though there is RAM. @param size within a page */
  unmapped(address: bigint, size: number): Uint8Array | undefined {
    const offset = Number(address & 0xfffn);
    const seen = Number(address) - offset;
    if (!this.contains(address) || this.videoFrames.has(seen)) return undefined;
    return this.backing.unmapped(this.ramPage(address))?.subarray(offset, offset + size);
  }

  /** Writes bytes; RAM that has no frame yet gets one, and what lies beyond RAM is dropped. */
  writeBytes(address: bigint, data: Uint8Array): void {
    this.pieces(address, data.length, (found, offset, size) => {
      const at = address + BigInt(offset);
      let host = found;
      if (host === undefined && this.contains(at)) host = this.allocate(at) + Number(at & 0xfffn);
      if (host !== undefined) this.memory.writeBytes(host, data.subarray(offset, offset + size));
    });
  }

  /** For the guest's VGA: the frames under video memory, mapped at present or not. */
  get videoRam(): WindowMemory {
    const visit = (
      address: number,
      length: number,
      each: (host: number, offset: number, size: number) => void,
    ): void => {
      this.pieces(BigInt(address), length, (_mapped, offset, size) => {
        const at = address + offset;
        each(this.videoFrame(at - (at % PAGE_SIZE)) + (at % PAGE_SIZE), offset, size);
      });
    };
    return {
      card: this.memory.inPlace(this.card, VBE_MEMORY),
      cardWritten: (offset, length) => {
        this.memory.written(this.card + offset, length);
      },
      read: (address, length) => {
        const out = new Uint8Array(length);
        visit(address, length, (host, offset, size) => {
          out.set(this.memory.readBytes(host, size), offset);
        });
        return out;
      },
      write: (address, bytes) => {
        visit(address, bytes.length, (host, offset, size) => {
          this.memory.writeBytes(host, bytes.subarray(offset, offset + size));
        });
      },
    };
  }

  /** Splits a run of bytes at page boundaries. */
  private pieces(
    address: bigint,
    length: number,
    visit: (host: number | undefined, offset: number, size: number) => void,
  ): void {
    for (let offset = 0; offset < length;) {
      const at = address + BigInt(offset);
      const size = Math.min(length - offset, PAGE_SIZE - Number(at & 0xfffn));
      visit(this.hostAddress(at), offset, size);
      offset += size;
    }
  }
}

/** A value in so many bytes. */
export const littleEndian = (value: bigint, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));

import { FIRMWARE, FIRMWARE_ALIAS } from '../isa/physical-addresses';
import { readOnly, romRegion, type MemoryRegion } from '../processor/memory-region';
import type { Persistent } from '../processor/persistent';
import type { PhysicalMemory } from '../processor/physical-memory';
import { PAGE_SIZE } from '../processor/state/layout';
import type { ShadowSegment } from './devices/pci/host-bridge';

const END = 0x10_0000;

interface Page {
  readonly first: number;
  /** What is burnt into the ROM there; without one there is RAM alone. */
  chip: Uint8Array | undefined;
  readsRam: boolean;
  writesRam: boolean;
  /** The bytes of RAM while ROM covers them. */
  hidden: Uint8Array;
  region: MemoryRegion | undefined;
}

/** Pages that are not as after RESET: where accesses go, and what ROM covers. */
export type ShadowState = readonly {
  readonly first: number;
  readonly readsRam: boolean;
  readonly writesRam: boolean;
  readonly hidden: Uint8Array;
}[];

/**
 * ROM and RAM at the same addresses, below 1 MByte: the host bridge decides page by page which of them is read and
 * whether RAM is written. What is read always lies in physical memory, where every view finds it; while that is ROM, the
 * bytes of RAM are kept here. Where there is no chip, RAM is read whatever the bridge says.
 */
export class ShadowRam implements Persistent<ShadowState> {
  private readonly pages = new Map<number, Page>();

  constructor(private readonly memory: PhysicalMemory) {}

  /** Puts in a chip of ROM. What lies from E0000h on shows below 4 GBytes for good. */
  install(address: number, bytes: Uint8Array): void {
    this.memory.writeBytes(address, bytes);
    for (let first = address; first < Math.min(END, address + bytes.length); first += PAGE_SIZE) {
      const page = this.page(first);
      page.chip = this.memory.readBytes(first, PAGE_SIZE);
      this.map(page);
      if (first < FIRMWARE) continue;
      this.memory.map(romRegion(first - FIRMWARE + FIRMWARE_ALIAS, page.chip));
    }
  }

  /** The host bridge has been told where accesses go. */
  update(segments: readonly ShadowSegment[]): void {
    for (const segment of segments) {
      for (let first = segment.first; first < segment.last; first += PAGE_SIZE) {
        this.set(first, segment);
      }
    }
  }

  private set(
    first: number,
    { readsRam, writesRam }: Pick<ShadowSegment, 'readsRam' | 'writesRam'>,
  ): void {
    const known = this.pages.get(first);
    if (readsRam === (known?.readsRam ?? false) && writesRam === (known?.writesRam ?? false))
      return;
    const page = known ?? this.page(first);
    if (page.chip && readsRam !== page.readsRam) this.swap(page, page.chip, readsRam);
    Object.assign(page, { readsRam, writesRam });
    this.map(page);
  }

  private swap(page: Page, chip: Uint8Array, toRam: boolean): void {
    if (!toRam) page.hidden = this.memory.readBytes(page.first, PAGE_SIZE);
    this.memory.writeBytes(page.first, toRam ? page.hidden : chip);
  }

  private map(page: Page): void {
    if (page.region) this.memory.unmap(page.region);
    page.region = this.regionOf(page);
    if (page.region) this.memory.map(page.region);
  }

  private regionOf(page: Page): MemoryRegion | undefined {
    const { first, chip, readsRam, writesRam } = page;
    if (readsRam) return writesRam ? undefined : readOnly(first, PAGE_SIZE);
    if (!chip) return undefined;
    const rom = { ...readOnly(first, PAGE_SIZE), isChip: true };
    if (!writesRam) return rom;
    return {
      ...rom,
      write: (address, bytes, value) => {
        for (let n = 0; n < bytes; n++) {
          page.hidden[address - first + n] = Number((value >> BigInt(8 * n)) & 0xffn);
        }
      },
    };
  }

  private page(first: number): Page {
    const known = this.pages.get(first);
    if (known) return known;
    const hidden = new Uint8Array(PAGE_SIZE);
    const page: Page = {
      ...{ first, chip: undefined, readsRam: false, writesRam: false },
      ...{ hidden, region: undefined },
    };
    this.pages.set(first, page);
    return page;
  }

  save(): ShadowState {
    return [...this.pages.values()]
      .filter((page) => page.readsRam || page.writesRam || covers(page))
      .sort((a, b) => a.first - b.first)
      .map((page) => {
        const { first, readsRam, writesRam } = page;
        const hidden = covers(page) ? page.hidden.slice() : new Uint8Array();
        return { first, readsRam, writesRam, hidden };
      });
  }

  /** Memory holds again what is read; the bridge will say again what it had said. */
  restore(state: ShadowState): void {
    const saved = new Map(state.map((page) => [page.first, page] as const));
    for (const first of new Set([...this.pages.keys(), ...saved.keys()])) {
      const { readsRam = false, writesRam = false, hidden = [] } = saved.get(first) ?? {};
      const page = this.page(first);
      page.hidden = new Uint8Array(PAGE_SIZE);
      page.hidden.set(hidden);
      if (page.readsRam === readsRam && page.writesRam === writesRam) continue;
      Object.assign(page, { readsRam, writesRam });
      this.map(page);
    }
  }
}

/** Whether ROM is read and RAM has something else. */
const covers = ({ chip, readsRam, hidden }: Page): boolean =>
  chip !== undefined && !readsRam && hidden.some((byte) => byte !== 0);

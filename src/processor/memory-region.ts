import { PAGE_SIZE } from './state/layout';

/**
 * Pages of the physical address space that are not plain RAM: a device answers, or the bytes cannot be
 * written. Addresses are byte addresses below 2^32.
 */
export interface MemoryRegion {
  /** The first address; a multiple of 4 KBytes. */
  readonly first: number;
  /** The last address of its last page. */
  readonly last: number;
  /** What the processor reads; without it, what RAM holds there. 1, 2, 4 or 8 bytes, little-endian. */
  read?(address: number, bytes: number): bigint;
  write(address: number, bytes: number, value: bigint): void;
  /** Where in memory its bytes lie, when the processor may take them there without asking. */
  readonly home?: number;
  /** Bytes within a page as whoever looks sees them, and instruction fetch; without it, what RAM holds there. */
  peek?(address: number, length: number): Uint8Array;
  /** What is read is a chip of firmware, which shows below 4 GBytes, too. */
  readonly isChip?: boolean;
  /** It is within the processor, which finds it before anything on the bus; devices find what it covers. */
  readonly ofProcessor?: boolean;
}

/** Bytes of RAM that are there to be read: writes go nowhere. */
export function readOnly(first: number, length: number): MemoryRegion {
  return { first, last: first + length - 1, write: () => undefined };
}

/** A chip of ROM where there is no RAM. */
export function romRegion(first: number, chip: Uint8Array): MemoryRegion {
  const peek = (address: number, length: number): Uint8Array =>
    chip.slice(address - first, address - first + length);
  return {
    ...readOnly(first, chip.length),
    peek,
    read: (address, bytes) =>
      peek(address, bytes).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n),
  };
}

type Pages = Map<number, MemoryRegion>;

/** Which pages belong to which region. */
export class MemoryRegions {
  private readonly bus: Pages = new Map();
  private readonly processor: Pages = new Map();

  add(region: MemoryRegion): void {
    const pages = this.layerOf(region);
    for (const page of pagesOf(region)) pages.set(page, region);
  }

  remove(region: MemoryRegion): void {
    const pages = this.layerOf(region);
    for (const page of pagesOf(region)) if (pages.get(page) === region) pages.delete(page);
  }

  /** The region that the processor finds at an address. */
  at(address: number): MemoryRegion | undefined {
    const page = Math.floor(address / PAGE_SIZE);
    return this.processor.get(page) ?? this.bus.get(page);
  }

  /** The region that devices find there. */
  onBus(address: number): MemoryRegion | undefined {
    return this.bus.get(Math.floor(address / PAGE_SIZE));
  }

  private layerOf(region: MemoryRegion): Pages {
    return region.ofProcessor ? this.processor : this.bus;
  }
}

function* pagesOf({ first, last }: MemoryRegion): Iterable<number> {
  for (let page = first / PAGE_SIZE; page * PAGE_SIZE <= last; page++) yield page;
}

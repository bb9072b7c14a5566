import { HPET, IO_APIC } from '../isa/physical-addresses';
import type { MemoryRegion } from '../processor/memory-region';
import type { PhysicalMemory } from '../processor/physical-memory';
import { TEST_MEMORY } from './devices/test-device';
import { LINEAR_FRAME_BUFFER } from './devices/vga/vbe';
import type { Platform } from './platform';

/** Where devices answer in the physical address space, beside their ports. */

/** The addresses that belong to video memory, whatever the window is at present. */
export const VIDEO_FIRST = 0xa_0000;
export const VIDEO_LAST = 0xb_ffff;
const PAGE = 0x1000;

/** A run of addresses. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
}

/** Where the VGA itself answers at present: everywhere but in a window that is plain RAM. */
export function videoRanges({ vga: { window } }: Platform): AddressRange[] {
  if (!window.plain) return [{ first: VIDEO_FIRST, last: VIDEO_LAST }];
  return [
    { first: VIDEO_FIRST, last: window.first - 1 },
    { first: window.last + 1, last: VIDEO_LAST },
  ].filter(({ first, last }) => first < last);
}

/** Finds who answers at an address at present. */
export class DeviceFinder {
  private readonly fixed: readonly MemoryRegion[];
  private readonly video: MemoryRegion;

  constructor(private readonly platform: Platform) {
    this.fixed = fixedRegions(platform);
    this.video = videoRegion(platform, { first: VIDEO_FIRST, last: VIDEO_LAST });
  }

  /** For the processor, whose own local APIC comes before all others. */
  at(address: number): MemoryRegion | undefined {
    const page = this.platform.localApicPage;
    if (page !== undefined && address >= page && address < page + PAGE) {
      return localApicRegion(this.platform, page);
    }
    return this.onBus(address);
  }

  /** For devices. */
  onBus(address: number): MemoryRegion | undefined {
    if (address < VIDEO_FIRST) return undefined;
    const { frameBuffer } = this.platform;
    if (frameBuffer && isInside(address, frameBuffer)) {
      return frameBufferRegion(this.platform, frameBuffer);
    }
    if (!isInside(address, this.video)) return this.fixed.find((r) => isInside(address, r));
    const { window } = this.platform.vga;
    return window.plain && isInside(address, window) ? undefined : this.video;
  }
}

const isInside = (address: number, { first, last }: AddressRange): boolean =>
  address >= first && address <= last;

const videoRegions = (platform: Platform): MemoryRegion[] =>
  videoRanges(platform).map((range) => videoRegion(platform, range));

const fixedRegions = (platform: Platform): MemoryRegion[] => [
  wordRegion(IO_APIC, platform.ioApic),
  hpetRegion(platform),
  testRegion(platform),
];

/** Whatever its width, an access comes to video memory byte by byte. */
const videoRegion = ({ vga }: Platform, range: AddressRange): MemoryRegion =>
  byteRegion(range, {
    read: (address) => vga.readMemory(address),
    write: (address, value) => {
      vga.writeMemory(address, value);
    },
  });

const testRegion = ({ testDevice }: Platform): MemoryRegion =>
  byteRegion(TEST_MEMORY, {
    read: (address) => testDevice.readMemory(address - TEST_MEMORY.first),
    write: (address, value) => {
      testDevice.writeMemory(address - TEST_MEMORY.first, value);
    },
  });

interface ByteDevice {
  read(address: number): number;
  write(address: number, value: number): void;
}

/** Accesses of any width, byte by byte. */
const byteRegion = ({ first, last }: AddressRange, device: ByteDevice): MemoryRegion => ({
  first,
  last,
  read: (address, bytes) => {
    let value = 0n;
    for (let n = bytes - 1; n >= 0; n--) value |= BigInt(device.read(address + n)) << BigInt(8 * n);
    return value;
  },
  write: (address, bytes, value) => {
    for (let n = 0; n < bytes; n++) {
      device.write(address + n, Number((value >> BigInt(8 * n)) & 0xffn));
    }
  },
});

/** The linear frame buffer, wherever it lies: the VGA knows its bytes by the addresses from `LINEAR_FRAME_BUFFER` on. */
function frameBufferRegion(platform: Platform, { first, last }: AddressRange): MemoryRegion {
  const { vga } = platform;
  const linear = videoRegion(platform, { first, last });
  const own = (address: number): number => address - first + LINEAR_FRAME_BUFFER;
  return {
    first,
    last,
    read: (address, bytes) => linear.read?.(own(address), bytes) ?? 0n,
    write: (address, bytes, value) => {
      linear.write(own(address), bytes, value);
    },
    peek: (address, length) =>
      Uint8Array.from({ length }, (_, n) => vga.peekMemory(own(address + n))),
  };
}

/** Its 1024 bytes of registers, and nothing behind them. */
const hpetRegion = ({ hpet }: Platform): MemoryRegion => ({
  first: HPET,
  last: HPET + PAGE - 1,
  read: (address, bytes) => hpet.read(address - HPET, bytes),
  write: (address, bytes, value) => {
    hpet.write(address - HPET, bytes, value);
  },
});

/** Registers of 32 bits at multiples of 16. */
interface WordDevice {
  read(offset: number): number;
  write(offset: number, value: number): void;
}

/** Each processor finds its own there. */
const localApicRegion = (platform: Platform, page: number): MemoryRegion => ({
  ...wordRegion(page, {
    read: (offset) => platform.localApic.read(offset),
    write: (offset, value) => {
      platform.localApic.write(offset, value);
    },
  }),
  ofProcessor: true,
});

/** A page of them. Narrower reads give a part; writes of any other width than 32 bits are lost. */
const wordRegion = (first: number, device: WordDevice): MemoryRegion => ({
  first,
  last: first + PAGE - 1,
  read: (address, bytes) => {
    const within = address & 3;
    const word = BigInt(device.read(address - first - within) >>> 0);
    return (word >> BigInt(8 * within)) & ((1n << BigInt(8 * bytes)) - 1n);
  },
  write: (address, bytes, value) => {
    if (bytes === 4 && (address & 3) === 0) device.write(address - first, Number(value));
  },
});

/** What a computer does around each access to a device. */
export interface AccessHooks {
  before(): void;
  after(): void;
}

/** Keeps the physical address space of a computer as its devices want it. */
export class DeviceMap {
  private video: readonly MemoryRegion[] = [];
  private frameBuffer: MemoryRegion | undefined;
  private localApic: MemoryRegion | undefined;

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly platform: Platform,
    private readonly hooks: AccessHooks,
  ) {
    for (const region of fixedRegions(platform)) memory.map(this.hooked(region));
    this.updateVideo();
  }

  /** The window of the VGA has changed, or the linear frame buffer lies elsewhere. */
  updateVideo(): void {
    this.updateFrameBuffer();
    for (const region of this.video) this.memory.unmap(region);
    this.video = videoRegions(this.platform).map((region) => this.hooked(region));
    for (const region of this.video) this.memory.map(region);
  }

  /** The local APIC lies elsewhere in memory, or nowhere. */
  updateLocalApic(): void {
    const page = this.platform.localApicPage;
    if (page === this.localApic?.first) return;
    if (this.localApic) this.memory.unmap(this.localApic);
    this.localApic =
      page === undefined ? undefined : this.hooked(localApicRegion(this.platform, page));
    if (this.localApic) this.memory.map(this.localApic);
  }

  private updateFrameBuffer(): void {
    const place = this.platform.frameBuffer;
    if (place?.first === this.frameBuffer?.first) return;
    if (this.frameBuffer) this.memory.unmap(this.frameBuffer);
    this.frameBuffer = place && this.atHome(this.hooked(frameBufferRegion(this.platform, place)));
    if (this.frameBuffer) this.memory.map(this.frameBuffer);
  }

  /** The card's memory lies behind RAM, where that has room for it. */
  private atHome(region: MemoryRegion): MemoryRegion {
    const { ram, size } = this.memory;
    return size > ram ? { ...region, home: ram } : region;
  }

  private hooked(region: MemoryRegion): MemoryRegion {
    const { hooks } = this;
    return {
      first: region.first,
      last: region.last,
      ...(region.peek && { peek: region.peek }),
      ...(region.ofProcessor && { ofProcessor: true }),
      read: (address, bytes) => {
        hooks.before();
        return region.read?.(address, bytes) ?? 0n;
      },
      write: (address, bytes, value) => {
        hooks.before();
        region.write(address, bytes, value);
        hooks.after();
      },
    };
  }
}

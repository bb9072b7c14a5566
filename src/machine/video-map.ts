import type { MemoryRegion } from '../processor/memory-region';
import type { PhysicalMemory } from '../processor/physical-memory';
import { LINEAR_FRAME_BUFFER, VBE_MEMORY } from './devices/vga/vbe';
import type { Vga } from './devices/vga/vga';

/** The addresses that belong to video memory, whatever the window is at present. */
export const VIDEO_FIRST = 0xa_0000;
export const VIDEO_LAST = 0xb_ffff;

/** A run of addresses. */
export interface VideoRange {
  readonly first: number;
  readonly last: number;
}

/** Where the device itself answers at present: everywhere but in a window that is plain RAM. */
export function deviceRanges({ window }: Vga): VideoRange[] {
  if (!window.plain) return [{ first: VIDEO_FIRST, last: VIDEO_LAST }];
  return [
    { first: VIDEO_FIRST, last: window.first - 1 },
    { first: window.last + 1, last: VIDEO_LAST },
  ].filter(({ first, last }) => first < last);
}

export const LINEAR: VideoRange = {
  first: LINEAR_FRAME_BUFFER,
  last: LINEAR_FRAME_BUFFER + VBE_MEMORY - 1,
};

/** Keeps the physical address space of a computer as its VGA wants it. */
export class VideoMap {
  private regions: readonly MemoryRegion[] = [];

  constructor(
    private readonly memory: PhysicalMemory,
    private readonly vga: Vga,
  ) {
    memory.map(regionOf(vga, LINEAR));
    this.update();
  }

  /** The window has changed. */
  update(): void {
    for (const region of this.regions) this.memory.unmap(region);
    this.regions = deviceRanges(this.vga).map((range) => regionOf(this.vga, range));
    for (const region of this.regions) this.memory.map(region);
  }
}

/** Whatever its width, an access comes to the device byte by byte. */
const regionOf = (vga: Vga, { first, last }: VideoRange): MemoryRegion => ({
  first,
  last,
  read: (address, bytes) => {
    let value = 0n;
    for (let n = bytes - 1; n >= 0; n--)
      value |= BigInt(vga.readMemory(address + n)) << BigInt(8 * n);
    return value;
  },
  write: (address, bytes, value) => {
    for (let n = 0; n < bytes; n++) {
      vga.writeMemory(address + n, Number((value >> BigInt(8 * n)) & 0xffn));
    }
  },
});

import { deviceRanges, LINEAR, type VideoRange } from '../../machine/video-map';
import type { Platform } from '../../machine/platform';
import type { GuestMemory } from '../memory/guest-memory';

/** Who answers at a guest-physical address. */
export type Answerer = 'ram' | 'rom' | 'device' | 'nobody';

const inside = (address: number, { first, last }: VideoRange): boolean =>
  address >= first && address <= last;

/** The guest's physical address space as a monitor presents it: RAM, ROM, and virtual devices. */
export class GuestBus {
  constructor(
    private readonly memory: GuestMemory,
    private readonly devices: Platform,
  ) {}

  answererAt(address: number): Answerer {
    const { vga } = this.devices;
    const isVideo = inside(address, LINEAR) || deviceRanges(vga).some((r) => inside(address, r));
    if (isVideo) return 'device';
    if (this.memory.isRom(BigInt(address))) return 'rom';
    return this.memory.contains(BigInt(address)) ? 'ram' : 'nobody';
  }

  /** A value of 1 to 8 bytes within a page, little-endian; all ones where nobody answers. */
  read(address: number, bytes: number): bigint {
    if (this.answererAt(address) !== 'device') return this.memory.read(BigInt(address), bytes);
    let value = 0n;
    for (let n = bytes - 1; n >= 0; n--) {
      value = (value << 8n) | BigInt(this.devices.vga.readMemory(address + n));
    }
    return value;
  }

  /** ROM, and where nobody answers: the value is lost. */
  write(address: number, bytes: number, value: bigint): void {
    const answerer = this.answererAt(address);
    if (answerer === 'ram') this.memory.write(BigInt(address), bytes, value);
    if (answerer !== 'device') return;
    for (let n = 0; n < bytes; n++) {
      this.devices.vga.writeMemory(address + n, Number((value >> BigInt(8 * n)) & 0xffn));
    }
  }
}

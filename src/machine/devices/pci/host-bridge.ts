import type { PortWidth } from '../device';
import { ConfigurationSpace } from './configuration-space';
import type { PciFunction } from './pci-function';

/** Where accesses to a segment between 640 KBytes and 1 MByte go: to RAM, or past it, where ROM is. */
export interface ShadowSegment {
  readonly first: number;
  readonly last: number;
  readonly readsRam: boolean;
  readonly writesRam: boolean;
}

/** Programmable attribute map, registers 59h to 5Fh (Intel 290549, 3.2.18): half a byte for each segment. */
const Pam = { FIRST: 0x59, COUNT: 7, READ: 1, WRITE: 2, WRITABLE: 0x33 } as const;
/** The upper half of the first register is for the segment F0000h; the others follow from C0000h on. */
const TOP = { first: 0xf_0000, last: 0xf_ffff } as const;
const SHADOWED = 0xc_0000;
const SEGMENT = 0x4000;

/** System management RAM control (3.2.19). There is no system management mode: the register has no effect. */
const SMRAM = { OFFSET: 0x72, RESET: 2, WRITABLE: 0x78 } as const;

/** 82441FX, the host bridge: which parts of ROM are covered by RAM. */
export class HostBridge implements PciFunction {
  readonly name = 'host-bridge';
  private readonly space: ConfigurationSpace;

  /** @param onShadow `segments` may be others than before */
  constructor(onShadow: () => void) {
    this.space = new ConfigurationSpace({
      name: this.name,
      vendor: 0x8086,
      device: 0x1237,
      revision: 2,
      classCode: 0x06_0000,
      registers: [
        { offset: Pam.FIRST, bytes: 1, writable: Pam.WRITABLE & 0xf0 },
        ...Array.from({ length: Pam.COUNT - 1 }, (_, n) => ({
          offset: Pam.FIRST + 1 + n,
          bytes: 1,
          writable: Pam.WRITABLE,
        })),
        { offset: SMRAM.OFFSET, bytes: 1, reset: SMRAM.RESET, writable: SMRAM.WRITABLE },
      ],
      onChange: onShadow,
    });
  }

  /** All segments from C0000h on. */
  get segments(): readonly ShadowSegment[] {
    const lower = Array.from({ length: 2 * (Pam.COUNT - 1) }, (_, n) => {
      const first = SHADOWED + n * SEGMENT;
      return this.segment({ first, last: first + SEGMENT - 1 }, n + 2);
    });
    return [...lower, this.segment(TOP, 1)];
  }

  /** @param half number of its half byte */
  private segment(
    place: { readonly first: number; readonly last: number },
    half: number,
  ): ShadowSegment {
    const bits = this.space.byteAt(Pam.FIRST + (half >> 1)) >> (4 * (half & 1));
    return { ...place, readsRam: (bits & Pam.READ) !== 0, writesRam: (bits & Pam.WRITE) !== 0 };
  }

  readConfiguration(register: number, width: PortWidth): number {
    return this.space.readConfiguration(register, width);
  }

  writeConfiguration(register: number, width: PortWidth, value: number): void {
    this.space.writeConfiguration(register, width, value);
  }

  save(): Uint8Array {
    return this.space.save();
  }

  restore(state: Uint8Array): void {
    this.space.restore(state);
  }

  reset(): void {
    this.space.reset();
  }
}

/**
 * The display interface of Bochs and QEMU (VBE DISPI): an index at port 0x1ce, and registers of 16 bits
 * at 0x1cf, or at 0x1d0 for programs that want even ports.
 */

export const VBE_MEMORY = 8 * 2 ** 20;
/** Where all of video memory lies in physical memory. */
export const LINEAR_FRAME_BUFFER = 0xe0000000;

export const Dispi = {
  ID: 0,
  X_RESOLUTION: 1,
  Y_RESOLUTION: 2,
  BITS_PER_PIXEL: 3,
  ENABLE: 4,
  BANK: 5,
  VIRTUAL_WIDTH: 6,
  VIRTUAL_HEIGHT: 7,
  X_OFFSET: 8,
  Y_OFFSET: 9,
  MEMORY_64K: 10,
} as const;
export const DispiEnable = {
  ENABLED: 1,
  /** The resolution registers tell the greatest values. */
  CAPABILITIES: 2,
  DAC_8: 0x20,
  LINEAR: 0x40,
  KEEP_MEMORY: 0x80,
} as const;

const OLDEST_ID = 0xb0c0;
const NEWEST_ID = 0xb0c5;
const GREATEST = { x: 2560, y: 1600, bits: 32 } as const;
const DEPTHS = [8, 15, 16, 24, 32];

export interface VbeState {
  index: number;
  readonly registers: number[];
}

/** A picture of the VBE: its size, and where its lines lie in video memory, in bytes. */
export interface VbeMode {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly start: number;
  readonly pitch: number;
}

export class Vbe {
  private state: VbeState = initial();

  /** @param onEnable a mode is switched on or off; clear: video memory starts with zeros */
  constructor(private readonly onEnable: (clear: boolean) => void) {}

  get enabled(): boolean {
    return (this.register(Dispi.ENABLE) & DispiEnable.ENABLED) !== 0;
  }

  /** The colours of the DAC have 8 bits for each component. */
  get wideDac(): boolean {
    return this.enabled && (this.register(Dispi.ENABLE) & DispiEnable.DAC_8) !== 0;
  }

  /** Where the bank at 0xa0000 starts in video memory. */
  get bank(): number {
    return (this.register(Dispi.BANK) * 0x10000) % VBE_MEMORY;
  }

  get mode(): VbeMode {
    const bitsPerPixel = this.register(Dispi.BITS_PER_PIXEL);
    const bytes = (bitsPerPixel + 7) >> 3;
    const pitch = this.register(Dispi.VIRTUAL_WIDTH) * bytes;
    return {
      width: this.register(Dispi.X_RESOLUTION),
      height: this.register(Dispi.Y_RESOLUTION),
      bitsPerPixel,
      start: this.register(Dispi.Y_OFFSET) * pitch + this.register(Dispi.X_OFFSET) * bytes,
      pitch,
    };
  }

  readPort(port: number): number {
    if (port === 0x1ce) return this.state.index;
    const { index } = this.state;
    if (index === Dispi.MEMORY_64K) return VBE_MEMORY / 0x10000;
    const greatest = [undefined, GREATEST.x, GREATEST.y, GREATEST.bits][index];
    const capabilities = (this.register(Dispi.ENABLE) & DispiEnable.CAPABILITIES) !== 0;
    if (capabilities && greatest !== undefined) return greatest;
    return this.register(index);
  }

  writePort(port: number, value: number): void {
    if (port === 0x1ce) this.state.index = value;
    else this.write(this.state.index, value);
  }

  save(): VbeState {
    return structuredClone(this.state);
  }

  restore(state: VbeState): void {
    this.state = structuredClone(state);
  }

  reset(): void {
    this.state = initial();
  }

  private register(index: number): number {
    return this.state.registers[index] ?? 0;
  }

  private set(index: number, value: number): void {
    this.state.registers[index] = value;
  }

  private write(index: number, value: number): void {
    switch (index) {
      case Dispi.ID:
        if (value >= OLDEST_ID && value <= NEWEST_ID) this.set(index, value);
        return;
      case Dispi.X_RESOLUTION:
        if (!this.enabled && value >= 8 && value <= GREATEST.x) this.set(index, value & ~7);
        return;
      case Dispi.Y_RESOLUTION:
        if (!this.enabled && value > 0 && value <= GREATEST.y) this.set(index, value);
        return;
      case Dispi.BITS_PER_PIXEL:
        // 0 is taken for 8, as the interface's first users wrote it.
        if (!this.enabled && DEPTHS.includes(value || 8)) this.set(index, value || 8);
        return;
      case Dispi.ENABLE:
        this.enable(value);
        return;
      case Dispi.BANK:
        if (value < VBE_MEMORY / 0x10000) this.set(index, value);
        return;
      case Dispi.VIRTUAL_WIDTH:
        this.setVirtualWidth(value);
        return;
      case Dispi.X_OFFSET:
      case Dispi.Y_OFFSET:
        this.setOffset(index, value);
        return;
      default:
    }
  }

  private enable(value: number): void {
    const was = this.enabled;
    const fits = this.lines(this.register(Dispi.X_RESOLUTION)) >= this.register(Dispi.Y_RESOLUTION);
    const on = (value & DispiEnable.ENABLED) !== 0 && fits;
    this.set(Dispi.ENABLE, on ? value : value & ~DispiEnable.ENABLED);
    if (on === was) return;
    if (on) {
      this.setVirtualWidth(this.register(Dispi.X_RESOLUTION));
      for (const index of [Dispi.X_OFFSET, Dispi.Y_OFFSET, Dispi.BANK]) this.set(index, 0);
    }
    this.onEnable(on && (value & DispiEnable.KEEP_MEMORY) === 0);
  }

  /** How many lines of so many pixels there is memory for. */
  private lines(width: number): number {
    return Math.floor(VBE_MEMORY / (width * ((this.register(Dispi.BITS_PER_PIXEL) + 7) >> 3)));
  }

  /** Pixels from one line to the next. */
  private setVirtualWidth(value: number): void {
    const width = value & ~7;
    if (width < this.register(Dispi.X_RESOLUTION)) return;
    if (this.lines(width) < this.register(Dispi.Y_RESOLUTION)) return;
    this.set(Dispi.VIRTUAL_WIDTH, width);
    this.set(Dispi.VIRTUAL_HEIGHT, Math.min(0xffff, this.lines(width)));
  }

  /** An offset at which the picture would leave video memory is not taken. */
  private setOffset(index: number, value: number): void {
    const before = this.register(index);
    this.set(index, value);
    const { start, pitch, height } = this.mode;
    if (start + pitch * height > VBE_MEMORY) this.set(index, before);
  }
}

function initial(): VbeState {
  return { index: 0, registers: [NEWEST_ID, 640, 480, 8, 0, 0, 640, 480, 0, 0, 0] };
}

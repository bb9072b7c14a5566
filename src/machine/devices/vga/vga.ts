import type { Clock } from '../clock';
import { ports, type PortDevice, type PortWidth, type Stateful } from '../device';
import { beamAt, vbeBeamAt } from './beam';
import { initialDac, readDac, writeDac, type DacState } from './dac';
import { powerOnFont } from './power-on-font';
import { readPlanes, writePlanes, type Planes } from './planar-memory';
import {
  ATTRIBUTE_BITS,
  Crtc,
  GRAPHICS_BITS,
  Misc,
  SEQUENCER_BITS,
  of,
  textRegisters,
  type Indexed,
  type VgaRegisters,
} from './registers';
import { LINEAR_FRAME_BUFFER, VBE_MEMORY, Vbe, type VbeState } from './vbe';
import {
  VideoMemory,
  type VideoBytes,
  type VideoMemoryState,
  type CardOwner,
} from './video-memory';
import { fromPlanes, toPlanes, windowOf, type VideoWindow } from './window';

/** The plain RAM of the machine, as far as it lies under the window. */
export interface WindowMemory extends CardOwner {
  read(address: number, length: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
}

export interface VgaConfig {
  readonly clock: Clock;
  /** How many instructions pass during one second. */
  readonly instructionsPerSecond: number;
  /** The window lies elsewhere, or its bytes have moved into RAM or out of it. */
  readonly onWindowChange?: () => void;
  readonly memory: WindowMemory;
}

export interface VgaState {
  readonly registers: VgaRegisters;
  readonly dac: DacState;
  /** What the last read of the processor brought out of the four planes. */
  readonly latches: readonly number[];
  readonly vbe: VbeState;
  readonly memory: VideoMemoryState;
}

const WINDOW_PAGE = 4096;
/** Bytes of each character's picture in plane 2. */
export const GLYPH_ROOM = 32;
/** CRTC 0x11 bit 7: registers 0 to 7 are not written, but for bit 8 of the line compare. */
const PROTECTED = 0x80;
const LINE_COMPARE_8 = 0x10;

/** Display enable (inverted), and vertical retrace, of input status 1. */
const InputStatus = { BLANK: 1, VERTICAL_RETRACE: 8 } as const;

/**
 * A VGA with 8 MBytes of memory, and the display interface of Bochs beside it. Where a byte of the
 * window is a byte of a plane and no more, it lies in RAM (`window.plain`), and comes into the planes
 * when that ends.
 */
export class Vga implements PortDevice, Stateful<VgaState> {
  readonly name = 'vga';
  readonly ports = [ports(0x3b0, 0x3bb), ports(0x3c0, 0x3df), ports(0x1ce, 0x1d0, 2)];
  private readonly video: VideoMemory;
  private readonly vbeUnit: Vbe;
  private r = textRegisters();
  private dac = initialDac();
  private latches: readonly number[] = [0, 0, 0, 0];
  private present: VideoWindow;

  constructor(private readonly config: VgaConfig) {
    this.video = new VideoMemory(config.memory);
    this.vbeUnit = new Vbe((clear) => {
      this.moveWindow();
      if (clear) this.video.clear();
    });
    this.present = windowOf(this.r, false);
    this.loadFont();
  }

  /** What the window a0000–bffff is at present. */
  get window(): VideoWindow {
    return this.present;
  }

  /** The registers, for looking. */
  get registers(): Readonly<VgaRegisters> {
    return this.r;
  }

  get colours(): Readonly<DacState> {
    return this.dac;
  }

  get vbe(): Vbe {
    return this.vbeUnit;
  }

  /** Video memory as it is at the moment, for looking, with the bytes that lie in RAM. */
  get memory(): VideoBytes {
    const { video } = this;
    if (!this.present.plain) return video;
    const [p0, p1, p2, p3] = video.planes;
    const planes: Planes = [p0.slice(), p1.slice(), p2.slice(), p3.slice()];
    this.gather(planes);
    return { planes, slice: (start, end) => video.slice(start, end) };
  }

  readPort(port: number, _width: PortWidth = 1): number {
    if (port < 0x3b0) return this.vbeUnit.readPort(port);
    if (port >= 0x3c6 && port <= 0x3c9) return readDac(this.dac, port);
    switch (port) {
      case 0x3c0:
        return this.r.attribute.index;
      case 0x3c1:
        return of(this.r.attribute, this.r.attribute.index & 0x1f);
      case 0x3c2:
        return 0x10; // A monitor's switches answer.
      case 0x3c3:
        return this.r.enabled;
      case 0x3c4:
        return this.r.sequencer.index;
      case 0x3c5:
        return of(this.r.sequencer, this.r.sequencer.index);
      case 0x3ca:
        return this.r.feature;
      case 0x3cc:
        return this.r.misc;
      case 0x3ce:
        return this.r.graphics.index;
      case 0x3cf:
        return of(this.r.graphics, this.r.graphics.index);
      default:
        return this.readCrtPort(port);
    }
  }

  writePort(port: number, _width: PortWidth, value: number): void {
    if (port < 0x3b0) {
      this.vbeUnit.writePort(port, value);
      return;
    }
    if (port >= 0x3c6 && port <= 0x3c9) {
      writeDac(this.dac, port, value, this.vbeUnit.wideDac);
      return;
    }
    switch (port) {
      case 0x3c0:
        this.writeAttribute(value);
        return;
      case 0x3c2:
        this.r.misc = value;
        break;
      case 0x3c3:
        this.r.enabled = value & 1;
        return;
      case 0x3c4:
        this.r.sequencer.index = value & 7;
        return;
      case 0x3c5:
        put(this.r.sequencer, this.r.sequencer.index, value, SEQUENCER_BITS);
        break;
      case 0x3ce:
        this.r.graphics.index = value & 15;
        return;
      case 0x3cf:
        put(this.r.graphics, this.r.graphics.index, value, GRAPHICS_BITS);
        break;
      default:
        this.writeCrtPort(port, value);
        return;
    }
    this.moveWindow();
  }

  /** A byte of the window, or of the linear frame buffer, as the processor reads it. */
  readMemory(address: number): number {
    const { value, latches } = this.look(address);
    if (latches) this.latches = latches;
    return value;
  }

  /** The same without a change to the latches. */
  peekMemory(address: number): number {
    return this.look(address).value;
  }

  writeMemory(address: number, value: number): void {
    if (isLinear(address)) {
      this.video.write(address - LINEAR_FRAME_BUFFER, value);
      return;
    }
    const { first, last, addressing, plain } = this.present;
    if (address < first || address > last || addressing === 'off') return;
    if (plain) this.config.memory.write(address, Uint8Array.of(value));
    else if (addressing === 'bank') this.video.write(this.vbeUnit.bank + address - first, value);
    else writePlanes(this.r, this.video.planes, this.latches, address - first, value);
  }

  save(): VgaState {
    const { r: registers, dac, latches } = this;
    const vbe = this.vbeUnit.save();
    return structuredClone({ registers, dac, latches, vbe, memory: this.video.save() });
  }

  /** The bytes that lie in RAM come with it. */
  restore(state: VgaState): void {
    const { registers, dac, latches } = structuredClone(state);
    this.r = registers;
    this.dac = dac;
    this.latches = latches;
    this.vbeUnit.restore(state.vbe);
    this.video.restore(state.memory);
    this.present = windowOf(this.r, this.vbeUnit.enabled);
    this.config.onWindowChange?.();
  }

  reset(): void {
    this.r = textRegisters();
    this.dac = initialDac();
    this.latches = [0, 0, 0, 0];
    this.vbeUnit.reset();
    this.moveWindow();
    this.loadFont();
  }

  private look(address: number): { value: number; latches?: readonly number[] } {
    if (isLinear(address)) return { value: this.video.read(address - LINEAR_FRAME_BUFFER) };
    const { first, last, addressing, plain } = this.present;
    if (address < first || address > last || addressing === 'off') return { value: 0xff };
    if (plain) return { value: this.config.memory.read(address, 1)[0] ?? 0xff };
    if (addressing === 'bank') {
      return { value: this.video.read(this.vbeUnit.bank + address - first) };
    }
    return readPlanes(this.r, this.video.planes, address - first);
  }

  /** One port for index and value: reading input status 1 makes the index come next. */
  private writeAttribute(value: number): void {
    const { attribute } = this.r;
    const index = attribute.index & 0x1f;
    if (this.r.attributeExpects === 'index') {
      attribute.index = value & 0x3f;
      this.r.attributeExpects = 'value';
      return;
    }
    this.r.attributeExpects = 'index';
    put(attribute, index, value, ATTRIBUTE_BITS);
  }

  /** Ports at 0x3b0 or 0x3d0, of which one group answers, by the miscellaneous output register. */
  private crtPort(port: number): number | undefined {
    const base = (this.r.misc & Misc.COLOUR) !== 0 ? 0x3d0 : 0x3b0;
    return (port & 0x3f0) === base ? port & 15 : undefined;
  }

  private readCrtPort(port: number): number {
    switch (this.crtPort(port)) {
      case 4:
        return this.r.crtc.index;
      case 5:
        return of(this.r.crtc, this.r.crtc.index);
      case 10:
        return this.inputStatus();
      default:
        return 0xff;
    }
  }

  private writeCrtPort(port: number, value: number): void {
    const { crtc } = this.r;
    switch (this.crtPort(port)) {
      case 4:
        crtc.index = value & 0x3f;
        return;
      case 5:
        this.writeCrtc(crtc, value);
        return;
      case 10:
        this.r.feature = value & 3;
        return;
      default:
    }
  }

  private writeCrtc(crtc: Indexed, value: number): void {
    const { index } = crtc;
    if (index > Crtc.OVERFLOW || (of(crtc, Crtc.V_RETRACE_END) & PROTECTED) === 0) {
      if (index < crtc.values.length) crtc.values[index] = value;
    } else if (index === Crtc.OVERFLOW) {
      crtc.values[index] = (of(crtc, index) & ~LINE_COMPARE_8) | (value & LINE_COMPARE_8);
    }
  }

  private inputStatus(): number {
    this.r.attributeExpects = 'index';
    const seconds = this.config.clock.now / this.config.instructionsPerSecond;
    const beam = this.vbeUnit.enabled ? vbeBeamAt(seconds) : beamAt(this.r, seconds);
    return (
      (beam.blank ? InputStatus.BLANK : 0) |
      (beam.verticalRetrace ? InputStatus.VERTICAL_RETRACE : 0)
    );
  }

  /** The bytes that lie in RAM at present, into their places in the planes. */
  private gather(planes: Planes): void {
    const { plain, first, last } = this.present;
    if (!plain) return;
    toPlanes(this.present, this.config.memory.read(first, last - first + 1), planes);
  }

  /** The registers have changed: bytes go where the window now has them. */
  private moveWindow(): void {
    const next = windowOf(this.r, this.vbeUnit.enabled);
    const { first, last, addressing } = this.present;
    if (next.first === first && next.last === last && next.addressing === addressing) return;
    this.gather(this.video.planes);
    this.present = next;
    if (next.plain) this.deposit(next.first, fromPlanes(next, this.video.planes));
    this.config.onWindowChange?.();
  }

  /** Pages that are as they should be are not written: nobody need look at them again. */
  private deposit(first: number, bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += WINDOW_PAGE) {
      const page = bytes.subarray(offset, offset + WINDOW_PAGE);
      const there = this.config.memory.read(first + offset, WINDOW_PAGE);
      if (there.some((byte, n) => byte !== page[n])) this.config.memory.write(first + offset, page);
    }
  }

  /** As firmware leaves it. */
  private loadFont(): void {
    const font = powerOnFont();
    const height = font.length / 256;
    for (let n = 0; n < 256; n++) {
      const picture = font.subarray(n * height, (n + 1) * height);
      this.video.planes[2].set(picture, n * GLYPH_ROOM);
    }
  }
}

const isLinear = (address: number): boolean =>
  address >= LINEAR_FRAME_BUFFER && address < LINEAR_FRAME_BUFFER + VBE_MEMORY;

/** Writes the bits that exist of a register that exists. */
function put(group: Indexed, index: number, value: number, bits: readonly number[]): void {
  const mask = bits[index];
  if (mask !== undefined) group.values[index] = value & mask;
}

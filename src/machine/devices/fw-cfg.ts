import type { BusMaster } from './bus-master';
import { ports, type PortDevice, type PortWidth, type Stateful } from './device';

/**
 * QEMU's firmware configuration device (QEMU, docs/specs/fw_cfg.rst): a program selects an item by its number and
 * reads its bytes one after the other, or has them put into memory. By it firmware written for QEMU finds out about the
 * machine. Nothing can be written.
 */

export interface FwCfgConfig {
  /** Bytes of RAM, from address 0. */
  readonly memory: number;
  /** The graphics adapter's ROM. */
  readonly videoRom?: Uint8Array | undefined;
  /** How many processors there are. Default: 1. */
  readonly processors?: number;
  /** Memory, for DMA. */
  readonly bus: BusMaster;
}

const SELECTOR = 0x510;
const DATA = 0x511;

/** Items that have fixed numbers. Those of a kernel, of which there is none here, are empty as any other. */
const Item = {
  SIGNATURE: 0x00,
  ID: 0x01,
  RAM_SIZE: 0x03,
  PROCESSORS: 0x05,
  MOST_PROCESSORS: 0x0f,
  DIRECTORY: 0x19,
  FIRST_FILE: 0x20,
} as const;
/** Bit 14 asked for writing once; it is ignored. */
const ITEM_MASK = 0xbfff;
/** Item 1: the interface of two ports, and DMA. */
const [TRADITIONAL, DMA] = [1, 2];

/** Two double words, big-endian: the address of a request. Writing the lower one begins. */
const DMA_ADDRESS = 0x514;
const DMA_END = DMA_ADDRESS + 8;
const DMA_SIGNATURE = 'QEMU CFG';
/** A request in memory, big-endian: control, length, address. */
const Request = { BYTES: 16, LENGTH: 4, ADDRESS: 8 } as const;
/** Its control word; SELECT has the item in bits 31:16. */
const Control = { ERROR: 1, READ: 2, SKIP: 4, SELECT: 8, WRITE: 16 } as const;

const NAME_LENGTH = 56;
const DIRECTORY_ENTRY = 64;
/** A row of `etc/e820`: address, length, type. */
const E820_ENTRY = 20;
const E820_RAM = 1;

interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface FwCfgState {
  item: number;
  offset: number;
  /** The upper half of the address of a request. */
  dmaHigh: number;
}

const initial = (): FwCfgState => ({ item: Item.SIGNATURE, offset: 0, dmaHigh: 0 });

export class FwCfg implements PortDevice, Stateful<FwCfgState> {
  readonly name = 'fw-cfg';
  readonly ports = [ports(SELECTOR, DATA, 2), ports(DMA_ADDRESS, DMA_END - 1, 4)];
  private readonly items: ReadonlyMap<number, Uint8Array>;
  private s = initial();

  constructor(private readonly config: FwCfgConfig) {
    const { memory, videoRom, processors = 1 } = config;
    const files = [
      ...(memory > 0 ? [{ name: 'etc/e820', bytes: memoryMap(memory) }] : []),
      ...(videoRom ? [{ name: 'vgaroms/ringside.bin', bytes: videoRom }] : []),
      // No tables of ACPI, so firmware makes its own; but a sign for it to leave power management at port 600h.
      { name: 'etc/table-loader', bytes: new Uint8Array() },
    ];
    this.items = new Map([
      [Item.SIGNATURE, text('QEMU')],
      [Item.ID, littleEndian(TRADITIONAL | DMA, 4)],
      [Item.RAM_SIZE, littleEndian(memory, 8)],
      [Item.PROCESSORS, littleEndian(processors, 2)],
      [Item.MOST_PROCESSORS, littleEndian(processors, 2)],
      [Item.DIRECTORY, directory(files)],
      ...files.map(({ bytes }, n) => [Item.FIRST_FILE + n, bytes] as const),
    ]);
  }

  /** Bytes come from either port. Behind an item's last byte, and where there is no item, are zeros. */
  readPort(port: number, width: PortWidth): number {
    if (port >= DMA_ADDRESS) return signaturePart(port - DMA_ADDRESS, width);
    return width === 1 ? (this.next(1)[0] ?? 0) : 0;
  }

  /** The selector takes a word; bytes written are data, which nobody takes. */
  writePort(port: number, width: PortWidth, value: number): void {
    if (port === SELECTOR && width === 2) this.select(value);
    else if (port === DMA_ADDRESS && width === 4) this.s.dmaHigh = swapped(value);
    else if (port === DMA_ADDRESS + 4 && width === 4) {
      const { dmaHigh } = this.s;
      this.s.dmaHigh = 0;
      this.perform(dmaHigh * 2 ** 32 + swapped(value));
    }
  }

  private select(item: number): void {
    this.s.item = item & ITEM_MASK;
    this.s.offset = 0;
  }

  /** The next bytes of the item; zeros behind its last one. */
  private next(length: number): Uint8Array {
    const { item, offset } = this.s;
    const bytes = new Uint8Array(length);
    bytes.set(this.items.get(item)?.subarray(offset, offset + length) ?? []);
    this.s.offset += length;
    return bytes;
  }

  /** A request for DMA; its control word says at the end how it went. */
  private perform(request: number): void {
    const { bus } = this.config;
    const words = new DataView(bus.read(request, Request.BYTES).slice().buffer);
    const control = words.getUint32(0);
    if (control & Control.SELECT) this.select(control >>> 16);
    const failed = (control & Control.WRITE) !== 0;
    const length = words.getUint32(Request.LENGTH);
    if (control & Control.READ) this.copy(Number(words.getBigUint64(Request.ADDRESS)), length);
    else if (control & Control.SKIP) this.s.offset += length;
    const answer = new DataView(new ArrayBuffer(4));
    answer.setUint32(0, failed ? Control.ERROR : 0);
    bus.write(request, new Uint8Array(answer.buffer));
  }

  /** In pieces, as a program may ask for far more than there is. */
  private copy(address: number, length: number): void {
    const end = Math.min(address + length, HIGHEST);
    for (let at = address; at < end; at += PIECE) {
      this.config.bus.write(at, this.next(Math.min(PIECE, end - at)));
    }
  }

  save(): FwCfgState {
    return { ...this.s };
  }

  restore(state: FwCfgState): void {
    this.s = { ...state };
  }

  reset(): void {
    this.s = initial();
  }
}

/** What DMA reaches, and how much at once. */
const HIGHEST = 2 ** 32;
const PIECE = 0x1_0000;

const swapped = (value: number): number =>
  (((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24)) >>>
  0;

/** What the address reads as. */
function signaturePart(offset: number, width: number): number {
  let value = 0;
  for (let n = 0; n < width; n++) value |= DMA_SIGNATURE.charCodeAt(offset + n) << (8 * n);
  return value >>> 0;
}

const text = (characters: string): Uint8Array =>
  Uint8Array.from(characters, (character) => character.charCodeAt(0));

function littleEndian(value: number, length: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(bytes.buffer, 0, length);
}

/** RAM as one range; firmware leaves out of it what it keeps for itself. */
function memoryMap(memory: number): Uint8Array {
  const map = new DataView(new ArrayBuffer(E820_ENTRY));
  map.setBigUint64(8, BigInt(memory), true);
  map.setUint32(16, E820_RAM, true);
  return new Uint8Array(map.buffer);
}

/** How many files there are; of each its length, its item, its name. Numbers here are big-endian. */
function directory(files: readonly File[]): Uint8Array {
  const bytes = new Uint8Array(4 + files.length * DIRECTORY_ENTRY);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, files.length);
  for (const [n, file] of files.entries()) {
    const at = 4 + n * DIRECTORY_ENTRY;
    view.setUint32(at, file.bytes.length);
    view.setUint16(at + 4, Item.FIRST_FILE + n);
    bytes.set(text(file.name.slice(0, NAME_LENGTH - 1)), at + 8);
  }
  return bytes;
}

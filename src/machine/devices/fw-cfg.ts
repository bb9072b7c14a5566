import { ports, type PortDevice, type PortWidth, type Stateful } from './device';

/**
 * QEMU's firmware configuration device (QEMU, docs/specs/fw_cfg.rst): a program selects an item by its number and
 * reads its bytes one after the other. By it firmware written for QEMU finds out about the machine. There is no DMA, as
 * item 1 tells, and nothing can be written.
 */

export interface FwCfgConfig {
  /** Bytes of RAM, from address 0. */
  readonly memory: number;
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
/** Item 1: the interface of two ports. */
const TRADITIONAL = 1;
const PROCESSORS = 1;

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
}

const initial = (): FwCfgState => ({ item: Item.SIGNATURE, offset: 0 });

export class FwCfg implements PortDevice, Stateful<FwCfgState> {
  readonly name = 'fw-cfg';
  readonly ports = [ports(SELECTOR, DATA, 2)];
  private readonly items: ReadonlyMap<number, Uint8Array>;
  private s = initial();

  constructor({ memory }: FwCfgConfig) {
    const files = memory > 0 ? [{ name: 'etc/e820', bytes: memoryMap(memory) }] : [];
    this.items = new Map([
      [Item.SIGNATURE, text('QEMU')],
      [Item.ID, littleEndian(TRADITIONAL, 4)],
      [Item.RAM_SIZE, littleEndian(memory, 8)],
      [Item.PROCESSORS, littleEndian(PROCESSORS, 2)],
      [Item.MOST_PROCESSORS, littleEndian(PROCESSORS, 2)],
      [Item.DIRECTORY, directory(files)],
      ...files.map(({ bytes }, n) => [Item.FIRST_FILE + n, bytes] as const),
    ]);
  }

  /** Bytes come from either port. Behind an item's last byte, and where there is no item, are zeros. */
  readPort(_port: number, width: PortWidth): number {
    if (width !== 1) return 0;
    const item = this.items.get(this.s.item);
    if (!item || this.s.offset >= item.length) return 0;
    return item[this.s.offset++] ?? 0;
  }

  /** The selector takes a word; bytes written are data, which nobody takes. */
  writePort(port: number, width: PortWidth, value: number): void {
    if (port === SELECTOR && width === 2) this.s = { item: value & ITEM_MASK, offset: 0 };
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

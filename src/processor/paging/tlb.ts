import { CodeTlb, PAGE_SIZE, PHYSICAL_BASE, Tlb } from '../layout';

const NO_TAG = 0xffffffffffffffffn;

/** A translation as the software TLB keeps it. */
export interface TlbFill {
  readonly linear: bigint;
  /** Host-physical address of the frame. */
  readonly frame: number;
  readonly readable: boolean;
  readonly writable: boolean;
  readonly global: boolean;
  /** The frame's bitmap of decoded bytes, 0 when it holds no code. */
  readonly codeBytes: number;
}

/**
 * The software TLB in the WebAssembly memory: direct-mapped, one set for each world and privilege.
 * A tag holds the page's linear address, or all ones.
 */
export class SoftwareTlb {
  constructor(private readonly view: DataView) {
    this.flushAll();
  }

  fill(set: number, entry: TlbFill): void {
    const page = entry.linear & BigInt(-PAGE_SIZE) & NO_TAG;
    const at = set + (Number((page >> 12n) & BigInt(Tlb.ENTRIES - 1)) << 5);
    const { view } = this;
    const addend = (PHYSICAL_BASE + entry.frame - Number(page & 0xffffffffn)) | 0;
    // An entry serves reads and writes of one page: what was there for another page goes.
    view.setBigUint64(at + Tlb.READ_TAG, entry.readable ? page : NO_TAG, true);
    const writeTag = entry.codeBytes === 0 ? page : page | BigInt(Tlb.HOLDS_CODE);
    view.setBigUint64(at + Tlb.WRITE_TAG, entry.writable ? writeTag : NO_TAG, true);
    view.setInt32(at + Tlb.CODE_BYTES, entry.codeBytes, true);
    view.setInt32(at + Tlb.ADDEND, addend, true);
    view.setInt32(at + Tlb.GLOBAL, entry.global ? 1 : 0, true);
  }

  fillCode(set: number, linear: bigint, map: number): void {
    const page = linear & BigInt(-PAGE_SIZE) & NO_TAG;
    const at = set + (Number((page >> 12n) & BigInt(CodeTlb.ENTRIES - 1)) << 4);
    this.view.setBigUint64(at + CodeTlb.TAG, page, true);
    this.view.setUint32(at + CodeTlb.MAP, map, true);
  }

  flushAll(): void {
    new Uint8Array(this.view.buffer, Tlb.BASE, Tlb.SETS * Tlb.SET_SIZE).fill(0xff);
    this.flushCode();
  }

  flushCode(): void {
    new Uint8Array(this.view.buffer, CodeTlb.BASE, CodeTlb.SETS * CodeTlb.SET_SIZE).fill(0xff);
  }

  /** Forgets the translations of one world (0 root, 1 non-root); global ones stay when asked for. */
  flushWorld(world: number, keepGlobal: boolean): void {
    const start = Tlb.BASE + world * 2 * Tlb.SET_SIZE;
    if (!keepGlobal) {
      new Uint8Array(this.view.buffer, start, 2 * Tlb.SET_SIZE).fill(0xff);
    } else {
      for (let at = start; at < start + 2 * Tlb.SET_SIZE; at += Tlb.ENTRY_SIZE) {
        if (this.view.getInt32(at + Tlb.GLOBAL, true) !== 1) this.drop(at);
      }
    }
    const code = CodeTlb.BASE + world * 2 * CodeTlb.SET_SIZE;
    new Uint8Array(this.view.buffer, code, 2 * CodeTlb.SET_SIZE).fill(0xff);
  }

  /** Forgets what one world knows of a linear page (SDM 3A 4.10.4.1: global ones too). */
  flushPage(world: number, linear: bigint): void {
    const index = Number((linear >> 12n) & BigInt(Tlb.ENTRIES - 1));
    for (const privilege of [0, 1]) {
      this.drop(Tlb.BASE + (world * 2 + privilege) * Tlb.SET_SIZE + index * Tlb.ENTRY_SIZE);
    }
    const code = CodeTlb.BASE + world * 2 * CodeTlb.SET_SIZE;
    new Uint8Array(this.view.buffer, code, 2 * CodeTlb.SET_SIZE).fill(0xff);
  }

  /** Writes to a frame shall take the slow way from now on. */
  protectFrame(frame: number): void {
    const end = Tlb.BASE + Tlb.SETS * Tlb.SET_SIZE;
    for (let at = Tlb.BASE; at < end; at += Tlb.ENTRY_SIZE) {
      const low = this.view.getUint32(at + Tlb.WRITE_TAG, true);
      const addend = this.view.getInt32(at + Tlb.ADDEND, true);
      if (((low + addend) | 0) === ((PHYSICAL_BASE + frame) | 0)) {
        this.view.setBigUint64(at + Tlb.WRITE_TAG, NO_TAG, true);
      }
    }
  }

  private drop(at: number): void {
    this.view.setBigUint64(at + Tlb.READ_TAG, NO_TAG, true);
    this.view.setBigUint64(at + Tlb.WRITE_TAG, NO_TAG, true);
  }
}

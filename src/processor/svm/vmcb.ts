import { INSTRUCTION_BYTES } from '../../isa/svm/control-fields';
import { VMCB_FIELDS, VMCB_SIZE, type VmcbFieldId, type VmcbFieldRow } from '../../isa/svm/vmcb';

/** What a VMCB needs of physical memory; addresses are host-physical byte addresses. */
export interface VmcbMemory {
  /** The page frame at an address, in place, as 1024 little-endian words. */
  pageWords(address: number): Int32Array;
  /** Bytes have been written in place. */
  written(address: number, length: number): void;
}

const ROWS = Object.fromEntries(VMCB_FIELDS.map((row) => [row.id, row])) as Readonly<
  Record<VmcbFieldId, VmcbFieldRow<VmcbFieldId>>
>;

/**
 * A VMCB in its page of physical memory (APM 2 15.5, appendix B), and as well the host save area, which this
 * processor fills in the same format. Every read and write goes to memory; nothing is kept beside it.
 */
export class Vmcb {
  private readonly words: Int32Array;
  private readonly view: DataView;

  constructor(
    private readonly memory: VmcbMemory,
    /** Host-physical address, 4-KByte aligned. */
    readonly address: number,
  ) {
    this.words = memory.pageWords(address);
    this.view = new DataView(this.words.buffer, this.words.byteOffset, VMCB_SIZE);
  }

  /** The value of a field, zero-extended. */
  read(id: VmcbFieldId): bigint {
    const { offset, width } = ROWS[id];
    return width === 64 ? this.view.getBigUint64(offset, true) : BigInt(this.readNumber(id));
  }

  /** The value of a field as a number; of one with 64 bits the low half. */
  readNumber(id: VmcbFieldId): number {
    const { offset, width } = ROWS[id];
    if (width === 8) return this.view.getUint8(offset);
    return width === 16 ? this.view.getUint16(offset, true) : this.view.getUint32(offset, true);
  }

  /** Writes a field; bits beyond its width are dropped. */
  write(id: VmcbFieldId, value: bigint | number): void {
    this.put(id, value);
    this.memory.written(this.address + ROWS[id].offset, ROWS[id].width / 8);
  }

  /** As `write`, for whoever writes many fields and then calls `written`. */
  put(id: VmcbFieldId, value: bigint | number): void {
    const { offset, width } = ROWS[id];
    if (width === 64) {
      this.view.setBigUint64(offset, BigInt(value), true);
      return;
    }
    const low = typeof value === 'bigint' ? Number(value & 0xffffffffn) : value;
    if (width === 8) this.view.setUint8(offset, low);
    else if (width === 16) this.view.setUint16(offset, low, true);
    else this.view.setUint32(offset, low, true);
  }

  /** The guest's instruction, up to 15 bytes, and how many of them there are (APM 2 15.8.4). */
  putInstruction(bytes: Uint8Array): void {
    this.put('BYTES_FETCHED', bytes.length);
    bytes.forEach((byte, n) => {
      this.view.setUint8(INSTRUCTION_BYTES + n, byte);
    });
  }

  /** Tells whoever watches memory that fields have been written in place. */
  written(): void {
    this.memory.written(this.address, VMCB_SIZE);
  }

  /** Whether the intercept is set whose exits have this code, below C0h (APM 2 table B-1, appendix C). */
  intercepts(code: number): boolean {
    return ((this.words[code >> 5] ?? 0) & (1 << (code & 31))) !== 0;
  }
}

import { generalProtection } from '../faults';
import { operandMisaligned } from '../reasons/memory';
import type { InstructionContext } from '../execution/instruction-context';
import { PAGE_SIZE } from '../state/layout';

/** A part of an image: bytes at an offset. */
export interface ImagePart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** The memory operand of an instruction that saves or restores registers. */
export class StateImage {
  private readonly segment: number;
  private readonly address: bigint;
  private readonly linear: bigint;

  /**
   * @param alignment in bytes
   * @throws Fault #GP(0) when it is not aligned (SDM 1 13.7, also of accesses that #AC could tell of)
   */
  constructor(
    private readonly cpu: InstructionContext,
    alignment: 16 | 64,
  ) {
    this.segment = cpu.operandSegment();
    this.address = cpu.effectiveAddress();
    this.linear = cpu.linearOperand();
    if (this.linear % BigInt(alignment)) {
      throw generalProtection(operandMisaligned(this.linear, alignment));
    }
  }

  word(offset: number): bigint {
    return this.cpu.load(this.segment, this.at(offset), 8);
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    const view = new DataView(bytes.buffer);
    for (let n = 0; n < length; n += 8) view.setBigUint64(n, this.word(offset + n), true);
    return bytes;
  }

  /** Writes all parts, or faults and has written none. Offsets and lengths are multiples of 8. */
  write(parts: readonly ImagePart[]): void {
    for (const part of parts) this.requireWritable(part);
    for (const { offset, bytes } of parts) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let n = 0; n < bytes.length; n += 8)
        this.cpu.store(this.segment, this.at(offset + n), 8, view.getBigUint64(n, true));
    }
  }

  /** The last word has the segment's limit against it, and the first in each page may not be translated. */
  private requireWritable({ offset, bytes }: ImagePart): void {
    const last = offset + bytes.length - 8;
    const inPage = Number(this.linear % BigInt(PAGE_SIZE)) + offset;
    const pageEnd = offset + PAGE_SIZE - (inPage % PAGE_SIZE);
    for (const each of [offset, ...(pageEnd <= last ? [pageEnd] : []), last])
      this.cpu.requireWritable(this.segment, this.at(each), 8);
  }

  private at(offset: number): bigint {
    return this.address + BigInt(offset);
  }
}

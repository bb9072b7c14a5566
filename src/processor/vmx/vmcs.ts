import { fieldByEncoding, isHighAccess, type Field } from '../../isa/vmx/fields';
import { fieldOffset, fieldWord, is16Bit, is64Bit, REGION, VMCS_BYTES_USED } from './vmcs-layout';

/** What a VMCS needs of physical memory; addresses are host-physical byte addresses. */
export interface VmcsMemory {
  /** The page frame at an address, in place, as 1024 little-endian words. */
  pageWords(address: number): Int32Array;
  /** Bytes have been written in place. */
  written(address: number, length: number): void;
}

/** The launch state of a VMCS (SDM 3C 25.1), as its region holds it. */
export const LaunchState = { CLEAR: 0, LAUNCHED: 1 } as const;
export type LaunchState = (typeof LaunchState)[keyof typeof LaunchState];

/** Bit 31 of the first 4 bytes: the region is a shadow VMCS, which cannot be entered (SDM 3C 25.10). */
export const SHADOW_VMCS = 0x8000_0000;

/**
 * A VMCS in its 4-KByte region of physical memory (SDM 3C 25.2). Every read and write goes to memory;
 * nothing is kept beside it. Which fields exist and who may write them is checked by the instructions,
 * not here.
 */
export class Vmcs {
  /** The region's words, in place; see `fieldWord`. Whoever writes to them calls `written`. */
  readonly words: Int32Array;
  /** Where the region lies in the memory that the processor's state shares. */
  readonly place: number;
  private readonly slots: BigUint64Array;

  constructor(
    private readonly memory: VmcsMemory,
    /** Host-physical address of the region, 4-KByte aligned. */
    readonly address: number,
  ) {
    this.words = memory.pageWords(address);
    this.place = this.words.byteOffset;
    this.slots = new BigUint64Array(this.words.buffer, this.words.byteOffset, 512);
  }

  /** Tells whoever watches memory that fields have been written in place. */
  written(): void {
    this.memory.written(this.address, VMCS_BYTES_USED);
  }

  /** The first 4 bytes: bits 30:0 revision identifier, bit 31 shadow-VMCS indicator. */
  get revision(): number {
    return this.word(REGION.REVISION >> 2) >>> 0;
  }

  get isShadow(): boolean {
    return this.word(REGION.REVISION >> 2) < 0;
  }

  set revision(value: number) {
    this.setWord(REGION.REVISION >> 2, value);
  }

  /** The VMX-abort indicator (SDM 3C 28.7). */
  get abortIndicator(): number {
    return this.word(REGION.ABORT >> 2) >>> 0;
  }

  set abortIndicator(value: number) {
    this.setWord(REGION.ABORT >> 2, value);
  }

  get launchState(): LaunchState {
    const state = this.word(REGION.LAUNCH_STATE >> 2);
    return state === LaunchState.LAUNCHED ? LaunchState.LAUNCHED : LaunchState.CLEAR;
  }

  set launchState(value: LaunchState) {
    this.setWord(REGION.LAUNCH_STATE >> 2, value);
  }

  /**
   * The value of a field, zero-extended. An encoding with access type "high" gives the upper 32
   * bits of a 64-bit field (SDM 3C 25.11.2).
   * @throws RangeError when no such field exists
   */
  read(field: Field): bigint {
    if (!is64Bit(field) || isHighAccess(field)) return BigInt(this.readNumber(field));
    return this.slots[fieldOffset(field) >> 3] ?? 0n;
  }

  /**
   * The value of a field as a number: all of a 16- or 32-bit field, the low 32 bits of a wider one,
   * its high 32 bits with access type "high".
   * @throws RangeError when no such field exists
   */
  readNumber(field: Field): number {
    const word = this.word(fieldWord(field));
    return is16Bit(field) ? word & 0xffff : word >>> 0;
  }

  /**
   * Writes a field; bits beyond its width are dropped. With access type "high" the upper 32 bits
   * of a 64-bit field are written and the lower ones stay.
   * @throws RangeError when no such field exists
   */
  write(field: Field, value: bigint | number): void {
    this.put(field, value);
    this.memory.written(this.address + fieldOffset(field), 8);
  }

  /** As `write`, for whoever writes many fields and then calls `written`. */
  put(field: Field, value: bigint | number): void {
    if (isHighAccess(field) && fieldByEncoding(field) === undefined) {
      throw new RangeError(`VMCS field 0x${field.toString(16)} has no high half`);
    }
    const at = fieldWord(field);
    if (typeof value === 'bigint' && is64Bit(field) && !isHighAccess(field)) {
      this.slots[at >> 1] = value;
      return;
    }
    const narrow = typeof value === 'bigint' ? Number(value & 0xffffffffn) : value;
    this.words[at] = is16Bit(field) ? narrow & 0xffff : narrow;
    if (is64Bit(field) && !isHighAccess(field)) this.words[at + 1] = Math.floor(narrow / 2 ** 32);
  }

  /** All fields zero, launch state clear; the revision identifier stays. */
  clearFields(): void {
    this.words.fill(0, REGION.LAUNCH_STATE >> 2, VMCS_BYTES_USED >> 2);
    this.written();
  }

  private word(index: number): number {
    return this.words[index] ?? 0;
  }

  private setWord(index: number, value: number): void {
    this.words[index] = value;
    this.memory.written(this.address + 4 * index, 4);
  }
}

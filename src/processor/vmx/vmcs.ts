import { fieldByEncoding, isHighAccess, VMCS_FIELDS, type Field } from '../../isa/vmx/fields';

/** What a VMCS needs of physical memory; addresses are host-physical byte addresses. */
export interface VmcsMemory {
  read16(address: number): number;
  read32(address: number): number;
  read64(address: number): bigint;
  write16(address: number, value: number): void;
  write32(address: number, value: number): void;
  write64(address: number, value: bigint): void;
}

/** The launch state of a VMCS (SDM 3C 25.1), as its region holds it. */
export const LaunchState = { CLEAR: 0, LAUNCHED: 1 } as const;
export type LaunchState = (typeof LaunchState)[keyof typeof LaunchState];

/** Where things lie in the region: the first 8 bytes as in SDM 3C 25.2, the rest is our own format. */
const OFFSET = { REVISION: 0, ABORT: 4, LAUNCH_STATE: 8, FIELDS: 16 } as const;
const SLOT = 8;

/** Distance of each field from the start of the region, by encoding; 0 where there is no field. */
const FIELD_OFFSETS = new Uint16Array(0x8000);
VMCS_FIELDS.forEach((row, index) => {
  FIELD_OFFSETS[row.encoding] = OFFSET.FIELDS + SLOT * index;
});

/** Number of bytes of the region in use. */
export const VMCS_BYTES_USED = OFFSET.FIELDS + SLOT * VMCS_FIELDS.length;

function offsetOf(encoding: number): number {
  const offset = FIELD_OFFSETS[encoding & ~1] ?? 0;
  if (offset === 0) throw new RangeError(`no VMCS field 0x${encoding.toString(16)}`);
  return offset;
}

/** Distance of a field from the start of its VMCS region, in bytes. */
export function fieldOffset(field: Field): number {
  return offsetOf(field);
}

/** The field whose slot holds this offset, for whoever watches writes to the region. */
export function fieldAtOffset(offset: number): Field | undefined {
  return VMCS_FIELDS[Math.floor((offset - OFFSET.FIELDS) / SLOT)]?.encoding;
}

/**
 * A VMCS in its 4-KByte region of physical memory (SDM 3C 25.2). Every read and write goes to memory;
 * nothing is kept beside it. Which fields exist and who may write them is checked by the instructions,
 * not here.
 */
export class Vmcs {
  constructor(
    private readonly memory: VmcsMemory,
    /** Host-physical address of the region, 4-KByte aligned. */
    readonly address: number,
  ) {}

  /** The first 4 bytes: bits 30:0 revision identifier, bit 31 shadow-VMCS indicator. */
  get revision(): number {
    return this.memory.read32(this.address + OFFSET.REVISION);
  }

  set revision(value: number) {
    this.memory.write32(this.address + OFFSET.REVISION, value);
  }

  /** The VMX-abort indicator (SDM 3C 28.7). */
  get abortIndicator(): number {
    return this.memory.read32(this.address + OFFSET.ABORT);
  }

  set abortIndicator(value: number) {
    this.memory.write32(this.address + OFFSET.ABORT, value);
  }

  get launchState(): LaunchState {
    const state = this.memory.read32(this.address + OFFSET.LAUNCH_STATE);
    return state === LaunchState.LAUNCHED ? LaunchState.LAUNCHED : LaunchState.CLEAR;
  }

  set launchState(value: LaunchState) {
    this.memory.write32(this.address + OFFSET.LAUNCH_STATE, value);
  }

  /**
   * The value of a field, zero-extended. An encoding with access type "high" gives the upper 32
   * bits of a 64-bit field (SDM 3C 25.11.2).
   * @throws RangeError when no such field exists
   */
  read(field: Field): bigint {
    const at = this.address + offsetOf(field);
    if (isHighAccess(field)) return BigInt(this.memory.read32(at + 4));
    switch ((field >> 13) & 3) {
      case 0:
        return BigInt(this.memory.read16(at));
      case 2:
        return BigInt(this.memory.read32(at));
      default:
        return this.memory.read64(at);
    }
  }

  /**
   * The value of a field as a number: all of a 16- or 32-bit field, the low 32 bits of a wider one.
   * @throws RangeError when no such field exists
   */
  readNumber(field: Field): number {
    const at = this.address + offsetOf(field);
    if (isHighAccess(field)) return this.memory.read32(at + 4);
    return ((field >> 13) & 3) === 0 ? this.memory.read16(at) : this.memory.read32(at);
  }

  /**
   * Writes a field; bits beyond its width are dropped. With access type "high" the upper 32 bits
   * of a 64-bit field are written and the lower ones stay.
   * @throws RangeError when no such field exists
   */
  write(field: Field, value: bigint | number): void {
    const at = this.address + offsetOf(field);
    const wide = BigInt(value);
    if (isHighAccess(field)) {
      if (fieldByEncoding(field) === undefined) {
        throw new RangeError(`VMCS field 0x${field.toString(16)} has no high half`);
      }
      this.memory.write32(at + 4, Number(wide & 0xffffffffn));
      return;
    }
    switch ((field >> 13) & 3) {
      case 0:
        this.memory.write16(at, Number(wide & 0xffffn));
        return;
      case 2:
        this.memory.write32(at, Number(wide & 0xffffffffn));
        return;
      default:
        this.memory.write64(at, BigInt.asUintN(64, wide));
    }
  }

  /** All fields zero, launch state clear; the revision identifier stays. */
  clearFields(): void {
    for (let offset = OFFSET.FIELDS; offset < VMCS_BYTES_USED; offset += SLOT) {
      this.memory.write64(this.address + offset, 0n);
    }
    this.launchState = LaunchState.CLEAR;
  }
}

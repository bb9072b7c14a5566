import { AccessRights } from '../../../isa/access-rights';
import { extract, fieldsOf } from '../../../isa/bits';
import { Vector } from '../../../isa/exceptions';
import { Field } from '../../../isa/vmx/fields';
import { VMREAD_VMWRITE_INFO } from '../../../isa/vmx/instruction-information';
import type { Handler } from '../../operation';
import {
  guestRegister,
  readGuestPhysical,
  setGuestRegister,
  translateGuest,
  vmread,
  writeGuestPhysical,
} from '../../operations';
import { injectException, injectPageFault } from '../inject';

/** Operands of L1's VMX instructions: the VM exit tells which registers, and how the address is made (SDM 3C 28.2.5). */

const INFO = fieldsOf(VMREAD_VMWRITE_INFO);
const ADDRESS_MASKS = [0xffffn, 0xffffffffn, 0xffffffffffffffffn];
const [SS, FS] = [2, 4];
const PAGE_SIZE = 4096;
const OFFSET_IN_PAGE = 0xfffn;
/** Distance of the fields of one segment register from those of the next. */
const NEXT = 2;

const part = (id: keyof typeof INFO, information: bigint): number =>
  Number(extract(INFO[id], information));

/** Whether the guest executes 64-bit code, where operands have 8 bytes. */
function* in64BitMode(): Handler<boolean> {
  const code = yield vmread(Field.GUEST_CS_AR_BYTES);
  return (code & BigInt(AccessRights.L)) !== 0n;
}

/** How many bytes register operands have: those of fields and types. */
export function* operandBytes(): Handler<number> {
  return (yield* in64BitMode()) ? 8 : 4;
}

/** Reg2: the register operand. */
export function* registerOperand(): Handler<bigint> {
  const information = yield vmread(Field.VMX_INSTRUCTION_INFO);
  const value = yield guestRegister(part('REG2', information));
  return BigInt.asUintN(8 * (yield* operandBytes()), value);
}

/** An operand in a register or in memory. @returns undefined where the guest gets an exception instead */
export function* readOperand(bytes: number): Handler<bigint | undefined> {
  const information = yield vmread(Field.VMX_INSTRUCTION_INFO);
  if (part('REGISTER', information) === 0) return yield* readMemoryOperand(bytes);
  return BigInt.asUintN(8 * bytes, yield guestRegister(part('REG1', information)));
}

/** @returns false where the guest gets an exception instead */
export function* writeOperand(bytes: number, value: bigint): Handler<boolean> {
  const information = yield vmread(Field.VMX_INSTRUCTION_INFO);
  if (part('REGISTER', information) === 0) return yield* writeMemoryOperand(bytes, value);
  yield setGuestRegister(part('REG1', information), value);
  return true;
}

/** @param offset of what is wanted from the operand's beginning */
export function* readMemoryOperand(bytes: number, offset = 0n): Handler<bigint | undefined> {
  const pieces = yield* locate(bytes, offset, false);
  if (!pieces) return undefined;
  let value = 0n;
  let shift = 0n;
  for (const { physical, length } of pieces) {
    value |= (yield readGuestPhysical(physical, length)) << shift;
    shift += 8n * BigInt(length);
  }
  return value;
}

export function* writeMemoryOperand(bytes: number, value: bigint): Handler<boolean> {
  const pieces = yield* locate(bytes, 0n, true);
  if (!pieces) return false;
  let rest = value;
  for (const { physical, length } of pieces) {
    yield writeGuestPhysical(physical, length, BigInt.asUintN(8 * length, rest));
    rest >>= 8n * BigInt(length);
  }
  return true;
}

/** A part of an operand that lies in one page. */
interface Piece {
  readonly physical: bigint;
  readonly length: number;
}

/** Where an operand lies. @returns undefined where the guest gets an exception instead */
function* locate(bytes: number, offset: bigint, write: boolean): Handler<Piece[] | undefined> {
  const linear = yield* linearAddress(bytes, offset);
  if (linear === undefined) return undefined;
  const first = Math.min(bytes, PAGE_SIZE - Number(linear & OFFSET_IN_PAGE));
  const pieces: Piece[] = [];
  for (const [at, length] of [
    [linear, first],
    [linear + BigInt(first), bytes - first],
  ] as const) {
    if (length === 0) continue;
    const physical = yield translateGuest(at, write);
    if (physical < 0n) {
      yield* injectPageFault(at, Number(-1n - physical));
      return undefined;
    }
    pieces.push({ physical, length });
  }
  return pieces;
}

/** The linear address of the memory operand. @returns undefined where the guest gets an exception instead */
function* linearAddress(bytes: number, offset: bigint): Handler<bigint | undefined> {
  const information = yield vmread(Field.VMX_INSTRUCTION_INFO);
  const effective = yield* effectiveAddress(information);
  const segment = part('SEGMENT', information);
  const fields = segmentFields(segment);
  const wide = yield* in64BitMode();
  const base = !wide || segment >= FS ? yield vmread(fields.base) : 0n;
  const address = BigInt.asUintN(wide ? 64 : 32, base + effective + offset);
  const inside = wide
    ? isCanonical(address)
    : yield* isWithin(fields.limit, effective + offset, bytes);
  if (inside) return address;
  yield* injectException(segment === SS ? Vector.SS : Vector.GP, 0);
  return undefined;
}

/** Base, index and displacement; for an address relative to RIP, the VM exit tells it whole. */
function* effectiveAddress(information: bigint): Handler<bigint> {
  let address = yield vmread(Field.EXIT_QUALIFICATION);
  if (part('BASE_INVALID', information) === 0) {
    address += yield guestRegister(part('BASE', information));
  }
  if (part('INDEX_INVALID', information) === 0) {
    const index = yield guestRegister(part('INDEX', information));
    address += index << BigInt(part('SCALING', information));
  }
  return address & (ADDRESS_MASKS[part('ADDRESS_SIZE', information)] ?? 0n);
}

/** With 4-level paging: 48 bits (SDM 1 3.3.7.1). */
const isCanonical = (address: bigint): boolean =>
  BigInt.asUintN(64, BigInt.asIntN(48, address)) === address;

function* isWithin(limit: Field, offset: bigint, bytes: number): Handler<boolean> {
  return offset + BigInt(bytes) - 1n <= (yield vmread(limit));
}

/** The fields of the six segment registers follow one another. */
const segmentFields = (segment: number) => ({
  base: Field.GUEST_ES_BASE + NEXT * segment,
  limit: Field.GUEST_ES_LIMIT + NEXT * segment,
});

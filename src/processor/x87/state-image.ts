import { Code } from 'iced-x86';
import type { InstructionContext } from '../execution/instruction-context';
import { EXTENDED, unpack } from '../floating-point';
import type { CpuState } from '../state/cpu-state';
import { Units } from '../state/layout';
import { RegisterStack } from './register-stack';

/**
 * The images of FSTENV and FSAVE: control, status and tag word, the two pointers, and with FSAVE the
 * registers (SDM 1 8.1.10, figures 8-9 to 8-12).
 */

/** Images of 16-bit operand size have words where others have doublewords. */
const WORD_IMAGES: ReadonlySet<Code> = new Set([
  Code.Fnstenv_m14byte,
  Code.Fstenv_m14byte,
  Code.Fldenv_m14byte,
  Code.Fnsave_m94byte,
  Code.Fsave_m94byte,
  Code.Frstor_m94byte,
]);

/** Fields of an environment, and bytes of each. */
export const FIELDS = 7;
export const imageUnit = (cpu: InstructionContext): 2 | 4 =>
  WORD_IMAGES.has(cpu.instruction.code) ? 2 : 4;

export const REGISTER_BYTES = 80;
const REGISTER_BITS = 80n;
const REGISTERS = 8;
const OPCODE = 0x7ffn;
/** Upper halves of doublewords that hold a word only are stored as ones. */
const ONES = 0xffff0000n;

/** Tags of two bits (SDM 1 8.1.7). */
const Tag = { VALID: 0, ZERO: 1, SPECIAL: 2, EMPTY: 3 } as const;

/** The tag word as it stands in images: what each register holds. */
export function fullTags(stack: RegisterStack): number {
  let word = 0;
  for (let n = 0; n < REGISTERS; n++) word |= fullTag(stack, n) << (2 * n);
  return word;
}

function fullTag(stack: RegisterStack, register: number): number {
  if ((stack.tags & (1 << register)) === 0) return Tag.EMPTY;
  const { kind, denormal } = unpack(EXTENDED, stack.getPhysical(register));
  if (kind === 'zero') return Tag.ZERO;
  return kind === 'finite' && !denormal ? Tag.VALID : Tag.SPECIAL;
}

function abridgedTags(word: number): number {
  let tags = 0;
  for (let n = 0; n < REGISTERS; n++) if (((word >> (2 * n)) & 3) !== Tag.EMPTY) tags |= 1 << n;
  return tags;
}

/** The image of the environment, as one little-endian number. */
export function environmentImage(cpu: InstructionContext): bigint {
  const { state } = cpu;
  const stack = new RegisterStack(state);
  const words = [stack.control, stack.status, fullTags(stack)].map(BigInt);
  const unit = imageUnit(cpu);
  const pointers = state.realStyleSegments ? linearPointers(state, unit) : farPointers(state, unit);
  const upper = unit === 4 ? ONES : 0n;
  return [...words.map((word) => word | upper), ...pointers].reduce(
    (image, field, n) => image | (BigInt.asUintN(8 * unit, field) << BigInt(8 * unit * n)),
    0n,
  );
}

/** Protected mode: offset and selector of each pointer; the opcode beside FCS has room in doublewords only. */
function farPointers(state: CpuState, unit: 2 | 4): bigint[] {
  const opcode = unit === 4 ? state.slot(Units.X87_OPCODE) << 16n : 0n;
  return [
    state.slot(Units.X87_INSTRUCTION),
    state.slot(Units.X87_CODE_SEGMENT) | opcode,
    state.slot(Units.X87_DATA),
    state.slot(Units.X87_DATA_SEGMENT) | (unit === 4 ? ONES : 0n),
  ];
}

/** Real-address and virtual-8086 mode: linear addresses, whose upper part begins at bit 12 of its field. */
function linearPointers(state: CpuState, unit: 2 | 4): bigint[] {
  const linear = (selector: number, offset: number): bigint =>
    ((state.slot(selector) << 4n) + state.slot(offset)) & 0xffffffffn;
  const instruction = linear(Units.X87_CODE_SEGMENT, Units.X87_INSTRUCTION);
  const data = linear(Units.X87_DATA_SEGMENT, Units.X87_DATA);
  const low = (address: bigint): bigint => address & 0xffffn;
  const high = (address: bigint): bigint => (address >> 16n) << 12n;
  const fields = [
    low(instruction),
    high(instruction) | state.slot(Units.X87_OPCODE),
    low(data),
    high(data),
  ];
  return unit === 2 ? fields.map((field) => field & 0xffffn) : fields;
}

/** Takes over the environment of an image. */
export function loadEnvironment(cpu: InstructionContext, image: bigint): void {
  const { state } = cpu;
  const unit = imageUnit(cpu);
  const field = (n: number): bigint => BigInt.asUintN(8 * unit, image >> BigInt(8 * unit * n));
  const word = (n: number): number => Number(field(n) & 0xffffn);
  const stack = new RegisterStack(state);
  stack.control = word(0);
  stack.status = word(1);
  stack.tags = abridgedTags(word(2));
  if (state.realStyleSegments) loadLinearPointers(state, field);
  else loadFarPointers(state, field, unit);
}

function loadFarPointers(state: CpuState, field: (n: number) => bigint, unit: 2 | 4): void {
  state.setSlot(Units.X87_INSTRUCTION, field(3));
  state.setSlot(Units.X87_CODE_SEGMENT, field(4) & 0xffffn);
  if (unit === 4) state.setSlot(Units.X87_OPCODE, (field(4) >> 16n) & OPCODE);
  state.setSlot(Units.X87_DATA, field(5));
  state.setSlot(Units.X87_DATA_SEGMENT, field(6) & 0xffffn);
}

function loadLinearPointers(state: CpuState, field: (n: number) => bigint): void {
  const linear = (low: bigint, high: bigint): bigint =>
    (low & 0xffffn) | (((high >> 12n) & 0xffffn) << 16n);
  state.setSlot(Units.X87_INSTRUCTION, linear(field(3), field(4)));
  state.setSlot(Units.X87_CODE_SEGMENT, 0n);
  state.setSlot(Units.X87_OPCODE, field(4) & OPCODE);
  state.setSlot(Units.X87_DATA, linear(field(5), field(6)));
  state.setSlot(Units.X87_DATA_SEGMENT, 0n);
}

/** The registers of an image of FSAVE: ST(0) to ST(7), 10 bytes each. */
export function registersImage(state: CpuState): bigint {
  const stack = new RegisterStack(state);
  let image = 0n;
  for (let n = REGISTERS - 1; n >= 0; n--) image = (image << REGISTER_BITS) | stack.get(n);
  return image;
}

/** To be called when TOP is that of the image already. */
export function loadRegisters(state: CpuState, image: bigint): void {
  const stack = new RegisterStack(state);
  for (let n = 0; n < REGISTERS; n++) {
    const value = BigInt.asUintN(80, image >> (REGISTER_BITS * BigInt(n)));
    stack.setPhysical(stack.physical(n), value);
  }
}

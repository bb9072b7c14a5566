import {
  Decoder,
  DecoderOptions,
  InstructionInfoFactory,
  MemorySizeExt,
  OpAccess,
  Register,
  RegisterExt,
  type Instruction,
  type UsedMemory,
} from 'iced-x86';
import { Seg, SEG_NAMES } from '../../isa/registers/segment';
import { modeOf, type Registers } from '../registers/registers';

/** An access to memory that an instruction makes, its stack operations among them. */
export interface MemoryAccess {
  readonly linear: bigint;
  readonly bytes: number;
  readonly read: boolean;
  readonly write: boolean;
  /** Number of the segment register: 0 = ES to 5 = GS. */
  readonly segment: number;
  /** As it is written between brackets: `rbx+0x8`, `fs:rax`. */
  readonly text: string;
}

const READS: ReadonlySet<number> = new Set([
  OpAccess.Read,
  OpAccess.CondRead,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);
const WRITES: ReadonlySet<number> = new Set([
  OpAccess.Write,
  OpAccess.CondWrite,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);
/** The accesses of the instruction at RIP, explicit operands first, as far as iced-x86 knows them. */
export function memoryAccesses(registers: Registers, code: Uint8Array): MemoryAccess[] {
  const { bits } = modeOf(registers);
  const decoder = new Decoder(bits, code, DecoderOptions.None);
  decoder.ip = registers.rip;
  const instruction = decoder.decode();
  decoder.free();
  try {
    return usedMemory(instruction, (used) => accessOf(registers, bits, used)).filter(
      ({ read, write }) => read || write,
    );
  } finally {
    instruction.free();
  }
}

function usedMemory<T>(instruction: Instruction, take: (used: UsedMemory) => T): T[] {
  const factory = new InstructionInfoFactory();
  const info = factory.info(instruction);
  const taken = (info.usedMemory() as UsedMemory[]).map((used) => {
    const result = take(used);
    used.free();
    return result;
  });
  info.free();
  factory.free();
  return taken;
}

function accessOf(registers: Registers, bits: 16 | 32 | 64, used: UsedMemory): MemoryAccess {
  const segment = used.segment === Register.None ? Seg.DS : used.segment - Register.ES;
  const flat = bits === 64 && segment !== Seg.FS && segment !== Seg.GS;
  const base = flat ? 0n : registers.segment(segment).base;
  const wide = (1n << (bits === 64 ? 64n : 32n)) - 1n;
  return {
    linear: (base + offsetOf(registers, bits, used)) & wide,
    bytes: Math.max(1, MemorySizeExt.size(used.memorySize)),
    read: READS.has(used.access),
    write: WRITES.has(used.access),
    segment,
    text: textOf(used, segment),
  };
}

/** Addresses are as wide as the registers in them (SDM 1 3.7.5). */
function offsetOf(registers: Registers, bits: number, used: UsedMemory): bigint {
  const value = (register: number): bigint => {
    if (register === Register.None) return 0n;
    const whole = registers.gpr(RegisterExt.number(register));
    return BigInt.asUintN(8 * RegisterExt.size(register), whole);
  };
  const sum = value(used.base) + value(used.index) * BigInt(used.scale) + used.displacement;
  return BigInt.asUintN(widthOf(used) ?? bits, sum);
}

/** The width of the address in bits, where a register tells it. */
function widthOf({ base, index }: UsedMemory): number | undefined {
  const register = base === Register.None ? index : base;
  return register === Register.None ? undefined : 8 * RegisterExt.size(register);
}

function textOf(used: UsedMemory, segment: number): string {
  const name = (register: number): string => (Register[register] ?? '').toLowerCase();
  const scaled = used.scale > 1 ? `*${String(used.scale)}` : '';
  const parts = [
    ...(used.base === Register.None ? [] : [name(used.base)]),
    ...(used.index === Register.None ? [] : [`${name(used.index)}${scaled}`]),
  ].join('+');
  const usual = segment === Seg.DS || segment === Seg.SS || used.segment === Register.None;
  const prefix = usual ? '' : `${(SEG_NAMES[segment] ?? '').toLowerCase()}:`;
  return `${prefix}${parts}${displacementText(used, parts !== '')}`;
}

function displacementText(used: UsedMemory, more: boolean): string {
  if (!more) return `0x${used.displacement.toString(16)}`;
  const signed = BigInt.asIntN(widthOf(used) ?? 64, used.displacement);
  if (signed === 0n) return '';
  return signed < 0n ? `-0x${(-signed).toString(16)}` : `+0x${signed.toString(16)}`;
}

import type { InstructionContext } from '../../execution/instruction-context';
import {
  convert,
  DOUBLE,
  fromInteger,
  HALF,
  Rounding,
  SINGLE,
  toInteger,
  type Environment,
  type Format,
  type RoundingMode,
} from '../../floating-point';
import { Units } from '../../state/layout';
import type { SlowPath } from '../../semantics/slow-path';
import { vectorSlot } from '../../state/layout';
import {
  bytesOf,
  isVex,
  lanes,
  memoryBytes,
  ofLanes,
  readVector,
  slotOf,
  toBytes,
  writeVector,
} from '../operands';
import { writeLowest } from './elements';
import { computing } from './environment';

/** SDM 2: conversions between floating-point formats and whole numbers. */

type Conversion = (value: bigint, env: Environment) => bigint;

/** Every element of the source, as many as both operands have room for; what is left of the target is 0. */
const packed =
  (from: number, to: number, conversion: Conversion): SlowPath =>
  (cpu) => {
    const count = elementCount(cpu, from, to);
    const bytes = (count * from) / 8;
    const source = lanes(readVector(cpu, 1, bytes), from, count);
    const results = computing(cpu, (env) => source.map((v) => conversion(v, env)));
    writeConverted(cpu, ofLanes(results, to));
    return 'continue';
  };

/** A conversion to narrower elements has the source's count: its register's, or what the opcode reads. */
function elementCount(cpu: InstructionContext, from: number, to: number): number {
  const target = (8 * bytesOf(cpu, 0)) / to;
  if (from <= to) return target;
  const source = bytesOf(cpu, 1) || memoryBytes(cpu);
  return (8 * source) / from;
}

/** Into a vector register, or an MMX register, which enters MMX state (SDM 3A 13.2). */
function writeConverted(cpu: InstructionContext, value: bigint): void {
  if (bytesOf(cpu, 0) !== 8) {
    writeVector(cpu, 0, bytesOf(cpu, 0), value);
    return;
  }
  enterMmx(cpu);
  const slot = slotOf(cpu, 0);
  cpu.state.units.set(toBytes(value | (0xffffn << 64n), 10), slot - vectorSlot(0));
}

function enterMmx({ state }: InstructionContext): void {
  state.setSlot(Units.X87_STATUS, state.slot(Units.X87_STATUS) & ~0x3800n);
  state.setSlot(Units.X87_TAGS, 0xffn);
}

/** The lowest element; the first source gives what lies above it. */
const scalar =
  (from: Format, to: Format): SlowPath =>
  (cpu) => {
    const first = isVex(cpu) ? 1 : 0;
    const source = readVector(cpu, first + 1, from.width / 8);
    const above = readVector(cpu, first, 16);
    const result = computing(cpu, (env) => convert(from, to, source, env));
    writeLowest(cpu, to, above, result);
    return 'continue';
  };

/** CVTSI2SS: a general-purpose register or memory, as wide as the operand size says. */
const fromRegister =
  (to: Format): SlowPath =>
  (cpu) => {
    const first = isVex(cpu) ? 1 : 0;
    const source = cpu.instruction.operands[first + 1];
    const size = source?.kind === 'register' ? source.bytes : memoryBytes(cpu);
    const value = BigInt.asIntN(8 * size, cpu.readOperand(first + 1, size));
    const above = readVector(cpu, first, 16);
    const result = computing(cpu, (env) => fromInteger(to, value, env));
    writeLowest(cpu, to, above, result);
    return 'continue';
  };

/** CVTSS2SI and CVTTSS2SI. */
const toRegister =
  (from: Format, mode?: RoundingMode): SlowPath =>
  (cpu) => {
    const size = bytesOf(cpu, 0);
    const source = readVector(cpu, 1, from.width / 8);
    const result = computing(cpu, (env) => toInteger(from, source, 8 * size, true, env, mode));
    cpu.writeOperand(0, size, result);
    return 'continue';
  };

const integers =
  (from: Format, mode?: RoundingMode): Conversion =>
  (v, env) =>
    toInteger(from, v, 32, true, env, mode);

const floats =
  (to: Format): Conversion =>
  (v, env) =>
    fromInteger(to, BigInt.asIntN(32, v), env);

/** CVTPI2PS: two whole numbers of an MMX register into the lower half; the upper one stays. */
const fromMmx: SlowPath = (cpu) => {
  const source = lanes(readVector(cpu, 1, 8), 32, 2);
  const results = computing(cpu, (env) => source.map((v) => floats(SINGLE)(v, env)));
  if (bytesOf(cpu, 1) === 8) enterMmx(cpu);
  writeVector(cpu, 0, 8, ofLanes(results, 32));
  return 'continue';
};

/** CVTPI2PD. From memory it does not enter MMX state. */
const doublesFromMmx: SlowPath = (cpu) => {
  const source = lanes(readVector(cpu, 1, 8), 32, 2);
  const results = computing(cpu, (env) => source.map((v) => floats(DOUBLE)(v, env)));
  if (bytesOf(cpu, 1) === 8) enterMmx(cpu);
  writeVector(cpu, 0, 16, ofLanes(results, 64));
  return 'continue';
};

/** VCVTPH2PS: DAZ does not count, and no denormal is an exception. */
const fromHalf: SlowPath = packed(16, 32, (v, env) => {
  env.denormalsAreZeros = false;
  return convert(HALF, SINGLE, v, env, false);
});

/** VCVTPS2PH: rounds as bits 1:0 of the immediate say, or as MXCSR does; FTZ does not count. */
const toHalf: SlowPath = (cpu) => {
  const bytes = bytesOf(cpu, 1);
  const imm = Number(cpu.readOperand(2, 1));
  const target = cpu.instruction.operands[0];
  const [segment, offset] = [cpu.operandSegment(), cpu.effectiveAddress()];
  // A page that faults does so before MXCSR tells of the conversion.
  if (target?.kind !== 'register') cpu.requireWritable(segment, offset, bytes / 2);
  const source = lanes(readVector(cpu, 1, bytes), 32, bytes / 4);
  const results = computing(cpu, (env) => {
    if (!(imm & 4)) env.rounding = (imm & 3) as RoundingMode;
    env.flushToZero = false;
    return source.map((v) => convert(SINGLE, HALF, v, env));
  });
  const value = ofLanes(results, 16);
  if (target?.kind === 'register') writeVector(cpu, 0, 16, value);
  else cpu.storeBytes(segment, offset, toBytes(value, bytes / 2));
  return undefined;
};

/** Those that have a VEX-encoded relative. */
export const CONVERSIONS: Readonly<Record<string, SlowPath>> = {
  CVTSS2SD: scalar(SINGLE, DOUBLE),
  CVTSD2SS: scalar(DOUBLE, SINGLE),
  CVTSI2SS: fromRegister(SINGLE),
  CVTSI2SD: fromRegister(DOUBLE),
  CVTSS2SI: toRegister(SINGLE),
  CVTSD2SI: toRegister(DOUBLE),
  CVTTSS2SI: toRegister(SINGLE, Rounding.ZERO),
  CVTTSD2SI: toRegister(DOUBLE, Rounding.ZERO),
  CVTPS2PD: packed(32, 64, (v, env) => convert(SINGLE, DOUBLE, v, env)),
  CVTPD2PS: packed(64, 32, (v, env) => convert(DOUBLE, SINGLE, v, env)),
  CVTDQ2PS: packed(32, 32, floats(SINGLE)),
  CVTDQ2PD: packed(32, 64, floats(DOUBLE)),
  CVTPS2DQ: packed(32, 32, integers(SINGLE)),
  CVTTPS2DQ: packed(32, 32, integers(SINGLE, Rounding.ZERO)),
  CVTPD2DQ: packed(64, 32, integers(DOUBLE)),
  CVTTPD2DQ: packed(64, 32, integers(DOUBLE, Rounding.ZERO)),
};

/** Those between MMX and XMM registers. */
export const MMX_CONVERSIONS: Readonly<Record<string, SlowPath>> = {
  CVTPI2PS: fromMmx,
  CVTPI2PD: doublesFromMmx,
  CVTPS2PI: packedToMmx(SINGLE),
  CVTPD2PI: packedToMmx(DOUBLE),
  CVTTPS2PI: packedToMmx(SINGLE, Rounding.ZERO),
  CVTTPD2PI: packedToMmx(DOUBLE, Rounding.ZERO),
};

/** Two elements, of 64 or 128 bits. */
function packedToMmx(from: Format, mode?: RoundingMode): SlowPath {
  return (cpu) => {
    const source = lanes(readVector(cpu, 1, from.width / 4), from.width, 2);
    const results = computing(cpu, (env) => source.map((v) => integers(from, mode)(v, env)));
    writeConverted(cpu, ofLanes(results, 32));
    return 'continue';
  };
}

export const HALF_CONVERSIONS: Readonly<Record<string, SlowPath>> = {
  VCVTPH2PS: fromHalf,
  VCVTPS2PH: toHalf,
};

import {
  Code,
  CodeExt,
  CodeSize,
  CpuidFeature,
  Decoder,
  DecoderOptions,
  Instruction,
  InstructionInfoFactory,
  OpAccess,
  Register,
  RegisterExt,
  RflagsBits,
} from 'iced-x86';
import { formsOf, type Form } from '../program/x86/forms';
import { findMnemonic } from '../program/x86/mnemonics';
import { classOf, registerOf } from '../program/x86/registers';
import type { Bits } from './mode';

/** What iced-x86 knows about an instruction, in words. */
export interface InstructionFacts {
  /** The manual's form: `MOV r32, r/m32`. */
  readonly form: string;
  readonly bytes: Uint8Array | undefined;
  /** Registers it uses without naming them. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly flags: FlagFacts;
  /** iced-x86's names of the extension it belongs to: `VMX`, `AVX2`. */
  readonly features: readonly string[];
  readonly ring0: boolean;
}

export interface FlagFacts {
  readonly read: readonly string[];
  /** By the result. */
  readonly written: readonly string[];
  readonly cleared: readonly string[];
  readonly set: readonly string[];
  readonly undefined: readonly string[];
}

const FLAGS: readonly (readonly [number, string])[] = [
  [RflagsBits.CF, 'CF'],
  [RflagsBits.PF, 'PF'],
  [RflagsBits.AF, 'AF'],
  [RflagsBits.ZF, 'ZF'],
  [RflagsBits.SF, 'SF'],
  [RflagsBits.OF, 'OF'],
  [RflagsBits.DF, 'DF'],
  [RflagsBits.IF, 'IF'],
  [RflagsBits.AC, 'AC'],
];

const names = (bits: number): string[] =>
  FLAGS.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);

/** Facts about an instruction as it was assembled. */
export function factsOfCode(bytes: Uint8Array, bits: Bits): InstructionFacts | undefined {
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  const instruction = new Instruction();
  try {
    decoder.decodeOut(instruction);
    return instruction.isInvalid
      ? undefined
      : read(instruction, bytes.slice(0, instruction.length));
  } finally {
    instruction.free();
    decoder.free();
  }
}

/**
 * Facts about an instruction that has not been assembled: those of the form that fits best.
 * @param operands as `operandKeys` gives them
 */
export function factsOfName(
  mnemonic: string,
  operands: readonly string[],
  bits: Bits,
): InstructionFacts | undefined {
  const form = bestForm(mnemonic, operands, bits);
  if (!form) return undefined;
  const instruction = new Instruction();
  try {
    instruction.code = form.code;
    // Which registers stand for the operands is not known; those without a name in the source would be made up.
    return { ...read(instruction, undefined), reads: [], writes: [] };
  } finally {
    instruction.free();
  }
}

/** The first form with as many operands, of the right kinds where they can be told. */
export function bestForm(
  mnemonic: string,
  operands: readonly string[],
  bits: Bits,
): Form | undefined {
  const entry = findMnemonic(mnemonic);
  if (!entry) return undefined;
  const score = (form: Form): number => {
    let sum = form.modes[bits] ? 4 : 0;
    if (form.written === operands.length) sum += 8;
    operands.forEach((key, i) => {
      const info = form.operands[i];
      const register = registerOf(key);
      if (register !== undefined && (info?.cls === classOf(register) || info?.fixed === register))
        sum += 2;
      else if (key === 'mem' && info?.memory) sum++;
      else if (key === 'imm' && (info?.immediate || info?.branch)) sum++;
      else if (key === 'far' && info?.far) sum++;
    });
    return sum;
  };
  let best: Form | undefined;
  let most = -1;
  for (const form of formsOf(entry)) {
    const sum = score(form);
    if (sum > most) [best, most] = [form, sum];
  }
  return best;
}

/** The extensions that a code of iced-x86 belongs to. */
export function featuresOf(code: number): string[] {
  const instruction = new Instruction();
  instruction.code = code;
  const features = featureNames(instruction);
  instruction.free();
  return features;
}

const featureNames = (instruction: Instruction): string[] =>
  [...instruction.cpuidFeatures()].map((f) => CpuidFeature[f] ?? '');

function read(instruction: Instruction, bytes: Uint8Array | undefined): InstructionFacts {
  const info = CodeExt.opCode(instruction.code);
  const features = featureNames(instruction);
  const { instructionString: form, mustBeCpl0: ring0 } = info;
  info.free();
  return {
    form,
    bytes,
    ...hiddenRegisters(instruction),
    features,
    ring0,
    flags: {
      read: names(instruction.rflagsRead),
      written: names(instruction.rflagsWritten),
      cleared: names(instruction.rflagsCleared),
      set: names(instruction.rflagsSet),
      undefined: names(instruction.rflagsUndefined),
    },
  };
}

const READS = new Set<number>([
  OpAccess.Read,
  OpAccess.CondRead,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);
const WRITES = new Set<number>([
  OpAccess.Write,
  OpAccess.CondWrite,
  OpAccess.ReadWrite,
  OpAccess.ReadCondWrite,
]);

/** Registers that the instruction uses but that do not stand among its operands. Segment registers are left out. */
function hiddenRegisters(instruction: Instruction): { reads: string[]; writes: string[] } {
  const named = new Set<number>();
  for (let i = 0; i < instruction.opCount; i++) named.add(whole(instruction.opRegister(i)));
  for (const register of [instruction.memoryBase, instruction.memoryIndex])
    named.add(whole(register));
  const used = usedRegisters(instruction).filter(({ register }) => !named.has(whole(register)));
  const reads = used.filter(({ access }) => READS.has(access)).map(({ register }) => register);
  const narrow = narrowWrites(instruction);
  const writes = used
    .filter(({ access }) => WRITES.has(access))
    // A 32-bit result counts as a write of the whole 64-bit register; its reader means the part.
    .map(({ register }) =>
      reads.includes(register) ? register : (narrow.get(whole(register)) ?? register),
    );
  const name = (register: number): string => Register[register] ?? '';
  return { reads: reads.map(name), writes: writes.map(name) };
}

const whole = (register: number): number =>
  register === Register.None ? register : RegisterExt.fullRegister(register);

interface Used {
  readonly register: number;
  readonly access: number;
}

function usedRegisters(instruction: Instruction): Used[] {
  const factory = new InstructionInfoFactory();
  const info = factory.info(instruction);
  const used = (info.usedRegisters() as (Used & { free(): void })[]).map((each) => {
    const { register, access } = each;
    each.free();
    return { register, access };
  });
  info.free();
  factory.free();
  return used.filter(({ register }) => register < Register.ES || register > Register.GS);
}

/** What the instruction writes when its 32-bit results are not extended, by whole register. */
function narrowWrites(instruction: Instruction): Map<number, number> {
  const { codeSize } = instruction;
  if (codeSize !== CodeSize.Code64 || instruction.code === Code.Syscall) return new Map();
  instruction.codeSize = CodeSize.Code32;
  const writes = usedRegisters(instruction).filter(({ access }) => WRITES.has(access));
  instruction.codeSize = codeSize;
  return new Map(writes.map(({ register }) => [whole(register), register]));
}

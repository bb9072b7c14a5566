import {
  Code,
  CodeExt,
  MemorySize,
  MemorySizeExt,
  Mnemonic,
  OpCodeOperandKind as K,
} from 'iced-x86';
import type { Form, OperandShape } from '../semantics/form';

/**
 * Forms out of iced-x86's tables: what an opcode's operands can be, read from its OpCodeInfo, so that
 * no instruction needs a list of its encodings here.
 */

const REGISTER_OR_MEMORY: Partial<Record<K, 8 | 16 | 32 | 64>> = {
  [K.r8_or_mem]: 8,
  [K.r16_or_mem]: 16,
  [K.r32_or_mem]: 32,
  [K.r64_or_mem]: 64,
};

const REGISTER: Partial<Record<K, 8 | 16 | 32 | 64>> = {
  [K.r8_reg]: 8, [K.r8_opcode]: 8, [K.al]: 8, [K.cl]: 8,
  [K.r16_reg]: 16, [K.r16_reg_mem]: 16, [K.r16_rm]: 16, [K.r16_opcode]: 16, [K.ax]: 16, [K.dx]: 16,
  [K.r32_reg]: 32, [K.r32_vvvv]: 32, [K.r32_reg_mem]: 32, [K.r32_rm]: 32, [K.r32_opcode]: 32, [K.eax]: 32,
  [K.r64_reg]: 64, [K.r64_vvvv]: 64, [K.r64_reg_mem]: 64, [K.r64_rm]: 64, [K.r64_opcode]: 64, [K.rax]: 64,
}; // prettier-ignore

const IMMEDIATE = new Set([
  K.imm8,
  K.imm8_const_1,
  K.imm8sex16,
  K.imm8sex32,
  K.imm8sex64,
  K.imm16,
  K.imm32,
  K.imm32sex64,
  K.imm64,
]);
const BRANCH = new Set([K.br16_1, K.br32_1, K.br64_1, K.br16_2, K.br32_4, K.br64_4]);
/** Operands that the instruction implies: string pointers and XLAT's table. */
const IMPLIED = new Set([K.seg_rSI, K.es_rDI, K.seg_rDI, K.seg_rBX_al]);
/** Registers of units that the processor does not have. */
const TO_COME = /^(zmm|k_|k|bnd|tmm|sibmem|xmmp3|zmmp3|kp1|mem_mpx|mem_mib|mem_vsib..z)/;

const VECTOR: Partial<Record<K, 64 | 128 | 256>> = {
  [K.mm_reg]: 64, [K.mm_rm]: 64,
  [K.xmm_reg]: 128, [K.xmm_rm]: 128, [K.xmm_vvvv]: 128, [K.xmm_is4]: 128,
  [K.ymm_reg]: 256, [K.ymm_rm]: 256, [K.ymm_vvvv]: 256, [K.ymm_is4]: 256,
}; // prettier-ignore

const VECTOR_OR_MEMORY: Partial<Record<K, 64 | 128 | 256>> = {
  [K.mm_or_mem]: 64,
  [K.xmm_or_mem]: 128,
  [K.ymm_or_mem]: 256,
};

type MemoryWidth = 8 | 16 | 32 | 64 | 128 | 256;
const MEMORY_WIDTHS: Readonly<Record<number, MemoryWidth>> = {
  1: 8,
  2: 16,
  4: 32,
  8: 64,
  16: 128,
  32: 256,
};

/** Mnemonics that iced-x86 spells otherwise than the manuals do. */
const SPELLING: Readonly<Record<string, string>> = { XLATB: 'XLATB', WAIT: 'FWAIT' };

/** The mnemonic as the manuals spell it. */
export function spelled(mnemonic: Mnemonic): string {
  const name = Mnemonic[mnemonic].toUpperCase();
  return SPELLING[name] ?? name;
}

/**
 * The name under which an instruction is defined: its mnemonic, but for two that stand for a string
 * instruction, too.
 */
function definedAs(mnemonic: Mnemonic, code: Code): string {
  const name = spelled(mnemonic);
  return /^(Movsd|Cmpsd)_xmm/.test(Code[code]) || Code[code] === 'Movsd_xmmm64_xmm'
    ? `SSE ${name}`
    : name;
}

/** The forms of an opcode: one with each choice of register or memory; none for mnemonics that are not `wanted`. */
export function formsOf(code: Code, wanted: (mnemonic: string) => boolean = () => true): Form[] {
  const info = CodeExt.opCode(code);
  const mnemonic = definedAs(info.mnemonic, code);
  if (!wanted(mnemonic)) {
    info.free();
    return [];
  }
  const memoryWidth = widthOf(info.memorySize);
  let choices: OperandShape[][] = [[]];
  for (let index = 0; index < info.opCount; index++) {
    const kind = info.opKind(index);
    if (TO_COME.test(K[kind])) {
      choices = [];
      break;
    }
    if (IMPLIED.has(kind)) continue;
    const shapes = shapesOf(kind, memoryWidth);
    choices = choices.flatMap((before) => shapes.map((shape) => [...before, shape]));
  }
  info.free();
  return choices.map((operands) => ({
    mnemonic,
    operands: withoutImpliedPort(mnemonic, operands),
    operandSize: operandSizeOf(Code[code], operands),
  }));
}

/** A far pointer m16:16 fills four bytes, but it is no value of 32 bits. */
function widthOf(size: MemorySize): MemoryWidth | undefined {
  return size === MemorySize.SegPtr16 ? undefined : MEMORY_WIDTHS[MemorySizeExt.size(size)];
}

function shapesOf(kind: K, memoryWidth: MemoryWidth | undefined): OperandShape[] {
  const vector = VECTOR[kind] ?? VECTOR_OR_MEMORY[kind];
  if (vector) {
    const register: OperandShape = { kind: 'vector', width: vector };
    if (VECTOR[kind]) return [register];
    return [register, { kind: 'memory', width: memoryWidth ?? vector }];
  }
  const both = REGISTER_OR_MEMORY[kind];
  if (both) {
    return [
      { kind: 'register', width: both },
      { kind: 'memory', width: memoryWidth ?? both },
    ];
  }
  const register = REGISTER[kind];
  if (register) return [{ kind: 'register', width: register }];
  if (IMMEDIATE.has(kind)) return [{ kind: 'immediate' }];
  if (BRANCH.has(kind)) return [{ kind: 'branch' }];
  if (kind === K.mem_offs || kind === K.mem) {
    return [memoryWidth ? { kind: 'memory', width: memoryWidth } : { kind: 'other' }];
  }
  return [{ kind: 'other' }];
}

/** The port and accumulator of string I/O are implied. */
function withoutImpliedPort(
  mnemonic: string,
  operands: readonly OperandShape[],
): readonly OperandShape[] {
  return /^(MOVS|CMPS|STOS|LODS|SCAS|INS|OUTS)[BWDQ]$/.test(mnemonic) ? [] : operands;
}

const OPERAND_SIZES: ReadonlySet<number> = new Set([16, 32, 64]);

/** The operand size, from the opcode's name where the operands do not tell it. */
function operandSizeOf(name: string, operands: readonly OperandShape[]): 16 | 32 | 64 {
  const letter =
    /^(?:Push|Pusha|Pushf|Popf|Popa|Pop|Retn|Retf|Iret|Leave|Enter|Nop|Sysret|Sysexit)(w|d|q)(?:_|$)/.exec(
      name,
    );
  if (letter) return letter[1] === 'w' ? 16 : letter[1] === 'd' ? 32 : 64;
  const branch = /_(?:rel8|rel32)_(16|32|64)(?:_|$)/.exec(name);
  if (branch) return Number(branch[1]) as 16 | 32 | 64;
  if (
    /_(?:rel16|imm16|ptr1616|m1616)$/.test(name) &&
    !/^(Add|Or|Adc|Sbb|And|Sub|Xor|Cmp|Test|Mov|Imul)/.test(name)
  )
    return 16;
  if (name.endsWith('_m1632_16')) return 16; // LGDT and its kin
  if (/_(?:ptr1632|m1632)$/.test(name)) return 32;
  if (name.endsWith('_m1664')) return 64;
  for (const operand of operands) {
    if (operand.kind === 'vector' || !('width' in operand)) continue;
    if (OPERAND_SIZES.has(operand.width)) return operand.width as 16 | 32 | 64;
  }
  return 32;
}

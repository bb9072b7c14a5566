import { OpCodeOperandKind as K, Register } from 'iced-x86';
import type { RegisterClass } from './registers';

/** What an operand kind of iced-x86's `OpCodeInfo` takes, in the assembler's terms. */
export interface KindInfo {
  /** A register of this class … */
  readonly cls?: RegisterClass;
  /** … or exactly this one. */
  readonly fixed?: number;
  /** Takes a memory operand. */
  readonly memory?: boolean;
  /** Class of the index register of a vector memory operand (VSIB). */
  readonly vsib?: RegisterClass;
  /** The index is one of its own (MPX, AMX): `[rbp*2]` is not made into `[rbp+rbp]`. */
  readonly ownIndex?: boolean;
  /** A bare address within the opcode (MOV's A0 to A3). */
  readonly offset?: boolean;
  readonly immediate?: ImmediateInfo;
  /** A relative branch. */
  readonly branch?: BranchInfo;
  /** A far pointer: bits of the offset. */
  readonly far?: 16 | 32;
  /** Not written in source: the memory operands of string instructions. */
  readonly implicit?: boolean;
}

export interface ImmediateInfo {
  /** Bits stored. */
  readonly bits: 4 | 8 | 16 | 32 | 64;
  /** Bits it is sign-extended to; the same as `bits` when it is not. */
  readonly width: 4 | 8 | 16 | 32 | 64;
  /** The only value it can have: the 1 of `shl r, 1`. */
  readonly only?: bigint;
}

export interface BranchInfo {
  readonly bits: 8 | 16 | 32;
  /** Operand size: what the instruction pointer is cut to. */
  readonly width: 16 | 32 | 64;
}

const imm = (bits: ImmediateInfo['bits'], width = bits): KindInfo => ({
  immediate: { bits, width },
});
const branch = (bits: 8 | 16 | 32, width: 16 | 32 | 64): KindInfo => ({ branch: { bits, width } });

const SPECIAL: Readonly<Record<number, KindInfo>> = {
  [K.farbr2_2]: { far: 16 },
  [K.farbr4_2]: { far: 32 },
  [K.mem_offs]: { offset: true },
  [K.mem_mib]: { memory: true, ownIndex: true },
  [K.sibmem]: { memory: true, ownIndex: true },
  [K.mem_vsib32x]: { memory: true, vsib: 'xmm' },
  [K.mem_vsib64x]: { memory: true, vsib: 'xmm' },
  [K.mem_vsib32y]: { memory: true, vsib: 'ymm' },
  [K.mem_vsib64y]: { memory: true, vsib: 'ymm' },
  [K.mem_vsib32z]: { memory: true, vsib: 'zmm' },
  [K.mem_vsib64z]: { memory: true, vsib: 'zmm' },
  [K.es]: { fixed: Register.ES },
  [K.cs]: { fixed: Register.CS },
  [K.ss]: { fixed: Register.SS },
  [K.ds]: { fixed: Register.DS },
  [K.fs]: { fixed: Register.FS },
  [K.gs]: { fixed: Register.GS },
  [K.al]: { fixed: Register.AL },
  [K.cl]: { fixed: Register.CL },
  [K.ax]: { fixed: Register.AX },
  [K.dx]: { fixed: Register.DX },
  [K.eax]: { fixed: Register.EAX },
  [K.rax]: { fixed: Register.RAX },
  [K.st0]: { fixed: Register.ST0 },
  [K.sti_opcode]: { cls: 'st' },
  [K.imm4_m2z]: imm(4),
  [K.imm8]: imm(8),
  [K.imm8_const_1]: { immediate: { bits: 8, width: 8, only: 1n } },
  [K.imm8sex16]: imm(8, 16),
  [K.imm8sex32]: imm(8, 32),
  [K.imm8sex64]: imm(8, 64),
  [K.imm16]: imm(16),
  [K.imm32]: imm(32),
  [K.imm32sex64]: imm(32, 64),
  [K.imm64]: imm(64),
  [K.seg_rSI]: { implicit: true },
  [K.es_rDI]: { implicit: true },
  [K.seg_rDI]: { implicit: true },
  [K.seg_rBX_al]: { implicit: true },
  [K.br16_1]: branch(8, 16),
  [K.br32_1]: branch(8, 32),
  [K.br64_1]: branch(8, 64),
  [K.br16_2]: branch(16, 16),
  [K.br32_4]: branch(32, 32),
  [K.br64_4]: branch(32, 64),
  [K.xbegin_2]: branch(16, 16),
  [K.xbegin_4]: branch(32, 32),
  [K.brdisp_2]: branch(16, 16),
  [K.brdisp_4]: branch(32, 32),
};

/** The other kinds say what they take in their names: `r32_or_mem`, `xmm_vvvv`, `cr_reg`, `mem_mib`. */
function fromName(name: string): KindInfo {
  const match = /^(r8|r16|r32|r64|seg|kp1|k|mm|xmmp3|xmm|ymm|zmmp3|zmm|cr|dr|tr|bnd|tmm)_/.exec(
    name,
  );
  const cls = match?.[1]?.replace(/p[13]$/, '') as RegisterClass | undefined;
  if (cls === undefined) return { memory: true };
  return name.includes('or_mem') ? { cls, memory: true } : { cls };
}

const INFO: KindInfo[] = [];
for (let kind = 1; K[kind] !== undefined; kind++)
  INFO[kind] = SPECIAL[kind] ?? fromName(K[kind] ?? '');

export function kindInfo(kind: number): KindInfo {
  return INFO[kind] ?? {};
}

/** Whether an operand kind is VEX.vvvv or EVEX.vvvv, whose register may be left out when it equals the first. */
export function isVvvv(kind: number): boolean {
  return /_vvvv$/.test(K[kind] ?? '');
}

import {
  Code,
  CodeExt,
  CodeSize,
  Encoder,
  EncodingKind,
  Instruction,
  OpCodeOperandKind as K,
  OpKind,
  Register,
  RoundingControl,
  type OpCodeInfo,
} from 'iced-x86';
import type { Bits } from './bits';

/** Makes encodings of every instruction form that iced-x86 knows, for the tests of reachability and against NASM. */

/** The address of every sample. */
export const SAMPLE_IP = 0x1000n;

/** One way of choosing the operands of a form. */
interface Variant {
  /** Memory where the form allows a register or memory. */
  readonly memory: boolean;
  /** Immediates too large for a shorter form. */
  readonly large: boolean;
  /** Registers above 15 (EVEX), or above 7. */
  readonly high: boolean;
  readonly decorated: 'no' | 'mask' | 'zero' | 'round' | 'suppress' | 'broadcast';
}

const VARIANTS: readonly Variant[] = [true, false].flatMap((memory) =>
  [true, false].flatMap((large) =>
    [false, true].flatMap((high) =>
      (['no', 'mask', 'zero', 'round', 'suppress', 'broadcast'] as const).map((decorated) => ({
        memory,
        large,
        high,
        decorated,
      })),
    ),
  ),
);

const FIRST: Readonly<Record<string, number>> = {
  r8: Register.AL,
  r16: Register.AX,
  r32: Register.EAX,
  r64: Register.RAX,
  seg: Register.ES,
  kp1: Register.K0,
  k: Register.K0,
  mm: Register.MM0,
  xmmp3: Register.XMM0,
  xmm: Register.XMM0,
  ymm: Register.YMM0,
  zmmp3: Register.ZMM0,
  zmm: Register.ZMM0,
  cr: Register.CR0,
  dr: Register.DR0,
  tr: Register.TR0,
  bnd: Register.BND0,
  tmm: Register.TMM0,
};

/** The class that an operand kind's name begins with: `xmm` of `xmm_or_mem`. */
const classOf = (kind: number): string =>
  /^(r8|r16|r32|r64|seg|kp1|k|mm|xmmp3|xmm|ymm|zmmp3|zmm|cr|dr|tr|bnd|tmm)_/.exec(
    K[kind] ?? '',
  )?.[1] ?? '';

/** A register of the class for the operand at `index`: different ones for different operands. */
function registerFor(cls: string, index: number, variant: Variant, wide: boolean): number {
  const first = FIRST[cls] ?? Register.AL;
  switch (cls) {
    case 'r8':
      return first + (index === 0 ? 2 : 3);
    case 'seg':
      return Register.DS;
    case 'cr':
      return Register.CR3;
    case 'dr':
      return Register.DR6;
    case 'tr':
      return Register.TR6;
    case 'kp1':
    case 'xmmp3':
    case 'zmmp3':
      return first + 4;
    case 'k':
    case 'bnd':
    case 'tmm':
    case 'mm':
      return first + 1 + (index % 3);
    case 'xmm':
    case 'ymm':
    case 'zmm':
      return first + (variant.high && wide ? 17 : 1) + index;
    default:
      return first + 2 + index;
  }
}

const VECTOR_INDEX: Readonly<Record<number, number>> = {
  [K.mem_vsib32x]: Register.XMM5,
  [K.mem_vsib64x]: Register.XMM5,
  [K.mem_vsib32y]: Register.YMM5,
  [K.mem_vsib64y]: Register.YMM5,
  [K.mem_vsib32z]: Register.ZMM5,
  [K.mem_vsib64z]: Register.ZMM5,
};

function setMemory(insn: Instruction, kind: number, bits: Bits, addressSize: number): void {
  // Vector indexes and their kin exist only in 32-bit and 64-bit addresses.
  const needs32 = kind in VECTOR_INDEX || kind === K.sibmem;
  const size = addressSize || (needs32 && bits === 16 ? 32 : bits);
  if (kind === K.mem_offs) {
    insn.memoryDisplSize = size / 8;
    insn.memoryDisplacement = size === 16 ? 0x1234n : 0x12345678n;
    return;
  }
  if (size === 16) {
    insn.memoryBase = Register.BX;
    insn.memoryIndex = Register.SI;
    insn.memoryDisplSize = 2;
    insn.memoryDisplacement = 0x1234n;
    return;
  }
  insn.memoryBase = size === 64 ? Register.RBX : Register.EBX;
  insn.memoryIndex = VECTOR_INDEX[kind] ?? (size === 64 ? Register.RSI : Register.ESI);
  insn.memoryIndexScale = 4;
  insn.memoryDisplSize = size === 64 ? 8 : 4;
  insn.memoryDisplacement = 0x12345678n;
}

const IMPLICIT: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  [K.seg_rSI]: { 16: OpKind.MemorySegSI, 32: OpKind.MemorySegESI, 64: OpKind.MemorySegRSI },
  [K.seg_rDI]: { 16: OpKind.MemorySegDI, 32: OpKind.MemorySegEDI, 64: OpKind.MemorySegRDI },
  [K.es_rDI]: { 16: OpKind.MemoryESDI, 32: OpKind.MemoryESEDI, 64: OpKind.MemoryESRDI },
};

const FIXED: Readonly<Record<number, number>> = {
  [K.es]: Register.ES,
  [K.cs]: Register.CS,
  [K.ss]: Register.SS,
  [K.ds]: Register.DS,
  [K.fs]: Register.FS,
  [K.gs]: Register.GS,
  [K.al]: Register.AL,
  [K.cl]: Register.CL,
  [K.ax]: Register.AX,
  [K.dx]: Register.DX,
  [K.eax]: Register.EAX,
  [K.rax]: Register.RAX,
  [K.st0]: Register.ST0,
  [K.sti_opcode]: Register.ST3,
};

/** The kind of an immediate operand, and a value for it, small and large. */
const IMMEDIATE: Readonly<Record<number, readonly [kind: number, small: bigint, large: bigint]>> = {
  [K.imm4_m2z]: [OpKind.Immediate8, 1n, 3n],
  [K.imm8]: [OpKind.Immediate8, 5n, 0x7en],
  [K.imm8_const_1]: [OpKind.Immediate8, 1n, 1n],
  [K.imm8sex16]: [OpKind.Immediate8to16, 5n, -3n],
  [K.imm8sex32]: [OpKind.Immediate8to32, 5n, -3n],
  [K.imm8sex64]: [OpKind.Immediate8to64, 5n, -3n],
  [K.imm16]: [OpKind.Immediate16, 5n, 0x1234n],
  [K.imm32]: [OpKind.Immediate32, 5n, 0x12345678n],
  [K.imm32sex64]: [OpKind.Immediate32to64, 5n, -0x12345678n],
  [K.imm64]: [OpKind.Immediate64, 5n, 0x123456789abcdef0n],
};

function setBranch(insn: Instruction, i: number, kind: number, bits: Bits): boolean {
  const near = SAMPLE_IP + 0x20n;
  switch (kind) {
    case K.br16_1:
    case K.br16_2:
    case K.brdisp_2:
      insn.setOpKind(i, OpKind.NearBranch16);
      insn.nearBranch16 = kind === K.br16_1 ? Number(near) : 0x4321;
      return true;
    case K.br32_1:
    case K.br32_4:
    case K.brdisp_4:
      insn.setOpKind(i, OpKind.NearBranch32);
      insn.nearBranch32 = kind === K.br32_1 ? Number(near) : 0x54321;
      return true;
    case K.br64_1:
    case K.br64_4:
      insn.setOpKind(i, OpKind.NearBranch64);
      insn.nearBranch64 = kind === K.br64_1 ? near : 0x54321n;
      return true;
    case K.xbegin_2:
    case K.xbegin_4:
      insn.setOpKind(i, bits === 64 ? OpKind.NearBranch64 : OpKind.NearBranch32);
      if (bits === 64) insn.nearBranch64 = 0x4321n;
      else insn.nearBranch32 = 0x4321;
      return true;
    case K.farbr2_2:
      insn.setOpKind(i, OpKind.FarBranch16);
      insn.farBranch16 = 0x4321;
      insn.farBranchSelector = 0x1234;
      return true;
    case K.farbr4_2:
      insn.setOpKind(i, OpKind.FarBranch32);
      insn.farBranch32 = 0x87654321;
      insn.farBranchSelector = 0x1234;
      return true;
    default:
      return false;
  }
}

function setOperand(
  insn: Instruction,
  i: number,
  info: OpCodeInfo,
  bits: Bits,
  variant: Variant,
): void {
  const kind = info.opKind(i) as number;
  const address = info.addressSize || bits;
  if (setBranch(insn, i, kind, bits)) return;
  const fixed = FIXED[kind];
  const immediate = IMMEDIATE[kind];
  const implicit = IMPLICIT[kind]?.[address];
  const name = K[kind] ?? '';
  if (fixed !== undefined) {
    insn.setOpKind(i, OpKind.Register);
    insn.setOpRegister(i, fixed);
  } else if (immediate) {
    const [own, small, large] = immediate;
    let before = 0;
    for (let k = 0; k < i; k++) if (IMMEDIATE[info.opKind(k) as number]) before++;
    insn.setOpKind(i, before > 0 ? OpKind.Immediate8_2nd : own);
    insn.setImmediateI64(i, variant.large ? large : small);
  } else if (implicit !== undefined) {
    insn.setOpKind(i, implicit);
  } else if (kind === K.seg_rBX_al) {
    insn.setOpKind(i, OpKind.Memory);
    insn.memoryBase = address === 64 ? Register.RBX : address === 32 ? Register.EBX : Register.BX;
    insn.memoryIndex = Register.AL;
  } else if (
    /mem/.test(name) &&
    (variant.memory || !/_or_mem/.test(name)) &&
    !/_reg_mem/.test(name)
  ) {
    insn.setOpKind(i, OpKind.Memory);
    setMemory(insn, kind, bits, info.addressSize);
  } else {
    insn.setOpKind(i, OpKind.Register);
    const wide = bits === 64 && info.encoding === EncodingKind.EVEX;
    insn.setOpRegister(i, registerFor(classOf(kind), i, variant, wide));
  }
}

/** Sets the decorations a variant asks for; false where the form has none of that kind. */
function decorate(insn: Instruction, info: OpCodeInfo, variant: Variant): boolean {
  const { decorated, memory } = variant;
  if (info.requireOpMaskRegister || decorated === 'mask' || decorated === 'zero') {
    if (!info.canUseOpMaskRegister) return false;
    insn.opMask = Register.K5;
  }
  switch (decorated) {
    case 'zero':
      insn.zeroingMasking = true;
      return info.canUseZeroingMasking;
    case 'round':
      insn.roundingControl = RoundingControl.RoundDown;
      return info.canUseRoundingControl && !memory;
    case 'suppress':
      insn.suppressAllExceptions = true;
      return info.canSuppressAllExceptions && !info.canUseRoundingControl && !memory;
    case 'broadcast':
      insn.isBroadcast = true;
      return info.canBroadcast && memory;
    default:
      return true;
  }
}

const CODE_SIZES: Readonly<Record<Bits, number>> = {
  16: CodeSize.Code16,
  32: CodeSize.Code32,
  64: CodeSize.Code64,
};

/** One encoding of a form. */
export interface Sample {
  readonly instruction: Instruction;
  readonly bytes: Uint8Array;
}

/** The different encodings of a form in a mode; none when it does not exist there. The caller frees what it takes. */
export function* samplesOf(code: number, bits: Bits): Generator<Sample> {
  const info = CodeExt.opCode(code);
  const encoder = new Encoder(bits);
  const seen = new Set<string>();
  try {
    if (!info.isInstruction || !info.isAvailableInMode(bits)) return;
    for (const variant of VARIANTS) {
      const instruction = new Instruction();
      instruction.code = code;
      instruction.codeSize = CODE_SIZES[bits];
      instruction.ip = SAMPLE_IP;
      for (let i = 0; i < info.opCount; i++) setOperand(instruction, i, info, bits, variant);
      let bytes: Uint8Array | undefined;
      try {
        if (decorate(instruction, info, variant)) encoder.encode(instruction, SAMPLE_IP);
        bytes = encoder.takeBuffer();
      } catch {
        encoder.takeBuffer();
      }
      const key = String(bytes);
      if (!bytes || bytes.length === 0 || seen.has(key)) {
        instruction.free();
        continue;
      }
      seen.add(key);
      yield { instruction, bytes };
    }
  } finally {
    info.free();
    encoder.free();
  }
}

/** Every form of iced-x86's list. */
export function* allCodes(): Generator<number> {
  for (let code = 1; Code[code] !== undefined; code++) yield code;
}

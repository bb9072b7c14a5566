import {
  Code,
  CodeExt,
  EncodingKind,
  MandatoryPrefix,
  MemorySize,
  MemorySizeExt,
  OpCodeOperandKind,
} from 'iced-x86';
import { codesOf } from './codes';
import { findMnemonic, type MnemonicEntry } from './mnemonics';
import { isVvvv, kindInfo, type KindInfo } from './operand-kinds';

/** One encodable form of an instruction: what `OpCodeInfo` says, read out once. */
export interface Form {
  readonly code: number;
  readonly mnemonic: number;
  readonly kinds: readonly number[];
  readonly operands: readonly KindInfo[];
  /** Bits of operand size, 0 when the form has none. */
  readonly operandSize: number;
  readonly addressSize: number;
  /** In 64-bit mode the operand size is 64 without a prefix (stack and branch instructions). */
  readonly defaultSize64: boolean;
  readonly memory: MemoryShape;
  readonly modes: Readonly<Record<16 | 32 | 64, boolean>>;
  /** The prefix byte that is part of the opcode, 0 when none. */
  readonly mandatoryPrefix: 0 | 0x66 | 0xf2 | 0xf3;
  readonly evex: boolean;
  readonly vex: boolean;
  readonly threeDNow: boolean;
  /** The number of operands that are written in source. */
  readonly written: number;
  /** The second operand may be left out when it equals the first (VEX.vvvv). */
  readonly collapses: boolean;
  /** Its opcode contains REP, which may be written or not (VIA PadLock). */
  readonly repeats: boolean;
  /** Begins with a WAIT of its own (FSTCW and its kin). */
  readonly fwait: boolean;
  /** Gathers and scatters, which need a mask register. */
  readonly needsMask: boolean;
  readonly canMask: boolean;
  readonly canZero: boolean;
  readonly canRound: boolean;
  readonly canSuppress: boolean;
  readonly broadcast: number;
}

export interface MemoryShape {
  /** Bits; 0 when the instruction does not say (LEA, INVLPG). */
  readonly bits: number;
  /** Far pointers and near offsets are sized by their offset part. */
  readonly pointer: 'near' | 'far' | undefined;
  /** State areas and descriptor tables: their size follows from the mode, never from the source. */
  readonly state: boolean;
}

const POINTERS: Readonly<Record<number, readonly ['near' | 'far', number]>> = {
  [MemorySize.SegPtr16]: ['far', 16],
  [MemorySize.SegPtr32]: ['far', 32],
  [MemorySize.SegPtr64]: ['far', 64],
  [MemorySize.WordOffset]: ['near', 16],
  [MemorySize.DwordOffset]: ['near', 32],
  [MemorySize.QwordOffset]: ['near', 64],
};

const STATES = new Set<number>([
  MemorySize.Fword6,
  MemorySize.Fword10,
  MemorySize.FpuEnv14,
  MemorySize.FpuEnv28,
  MemorySize.FpuState94,
  MemorySize.FpuState108,
  MemorySize.Fxsave_512Byte,
  MemorySize.Fxsave64_512Byte,
  MemorySize.Xsave,
  MemorySize.Xsave64,
  MemorySize.Bound16_WordWord,
  MemorySize.Bound32_DwordDword,
]);

function memoryShape(size: number): MemoryShape {
  const pointer = POINTERS[size];
  if (pointer) return { pointer: pointer[0], bits: pointer[1], state: false };
  return { pointer: undefined, bits: MemorySizeExt.size(size) * 8, state: STATES.has(size) };
}

const PREFIX_BYTES: Readonly<Record<number, 0x66 | 0xf2 | 0xf3>> = {
  [MandatoryPrefix.P66]: 0x66,
  [MandatoryPrefix.PF2]: 0xf2,
  [MandatoryPrefix.PF3]: 0xf3,
};

/** MOVZX and MOVSX from 16 to 16 bits exist, but NASM has no syntax for them, and `movzx ax, [x]` means a byte. */
const UNREACHABLE = new Set<number>([Code.Movzx_r16_rm16, Code.Movsx_r16_rm16]);

function readForm(code: number): Form | undefined {
  if (UNREACHABLE.has(code)) return undefined;
  const info = CodeExt.opCode(code);
  const { encoding } = info;
  if (encoding === EncodingKind.MVEX || !info.isInstruction) {
    info.free();
    return undefined;
  }
  const kinds = Array.from({ length: info.opCount }, (_, i) => info.opKind(i) as number);
  const operands = kinds.map(kindInfo);
  // String instructions name AL or DX beside their memory operand; NASM writes none of them.
  const silent = kinds.some(
    (kind) => kind === OpCodeOperandKind.es_rDI || kind === OpCodeOperandKind.seg_rSI,
  );
  const form: Form = {
    code,
    mnemonic: info.mnemonic,
    kinds,
    operands: silent ? operands.map((o) => ({ ...o, implicit: true })) : operands,
    operandSize: info.operandSize,
    addressSize: info.addressSize,
    defaultSize64: info.defaultOpSize64 || info.forceOpSize64,
    memory: memoryShape(info.memorySize),
    modes: { 16: info.mode16, 32: info.mode32, 64: info.mode64 },
    mandatoryPrefix: PREFIX_BYTES[info.mandatoryPrefix] ?? 0,
    evex: encoding === EncodingKind.EVEX,
    threeDNow: encoding === EncodingKind.D3NOW,
    vex: encoding === EncodingKind.VEX || encoding === EncodingKind.XOP,
    written: silent ? 0 : operands.filter((o) => !o.implicit).length,
    collapses: kinds[1] !== undefined && isVvvv(kinds[1]) && kinds.length > 2,
    repeats:
      info.mandatoryPrefix === MandatoryPrefix.PF3 && info.addressSize !== 0 && !info.opCount,
    fwait: info.fwait,
    needsMask: info.requireOpMaskRegister,
    canMask: info.canUseOpMaskRegister,
    canZero: info.canUseZeroingMasking,
    canRound: info.canUseRoundingControl,
    canSuppress: info.canSuppressAllExceptions,
    broadcast: info.canBroadcast ? MemorySizeExt.elementSize(info.broadcastMemorySize) * 8 : 0,
  };
  info.free();
  return form;
}

const cache = new Map<number, readonly Form[]>();

function formsOfMnemonic(mnemonic: number): readonly Form[] {
  let forms = cache.get(mnemonic);
  if (!forms) {
    forms = codesOf(mnemonic)
      .map(readForm)
      .filter((form) => form !== undefined);
    cache.set(mnemonic, forms);
  }
  return forms;
}

const entryCache = new WeakMap<MnemonicEntry, readonly Form[]>();

/** All forms a NASM mnemonic may mean, in iced-x86's order. Read lazily: most programs use few mnemonics. */
export function formsOf(entry: MnemonicEntry): readonly Form[] {
  let forms = entryCache.get(entry);
  if (!forms) {
    const { operandSize, codes } = entry;
    forms = entry.mnemonics
      .flatMap(formsOfMnemonic)
      .filter((form) => operandSize === undefined || form.operandSize === operandSize)
      .filter((form) => codes?.includes(form.code) ?? true);
    entryCache.set(entry, forms);
  }
  return forms;
}

/** Whether an instruction is written with so many operands in one of its forms. */
export function takesOperands(mnemonic: string, count: number): boolean {
  const entry = findMnemonic(mnemonic);
  return entry !== undefined && formsOf(entry).some((form) => form.written === count);
}

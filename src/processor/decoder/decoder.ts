import {
  Code,
  Decoder,
  DecoderError,
  DecoderOptions,
  EncodingKind,
  FlowControl,
  Instruction,
  Mnemonic,
  OpKind,
  Register,
} from 'iced-x86';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import { State, gprSlot, segmentSlot, vectorSlot, x87Slot } from '../state/layout';
import { formTable, type RepeatPrefix } from './forms';

/** What can stand at an address. */
export type DecodedKind =
  | 'instruction'
  /** The bytes end before the instruction does, or 15 of them do. */
  | 'incomplete'
  /** No such instruction: #UD. */
  | 'invalid'
  /** An instruction of a feature that this processor does not have: #UD. */
  | 'absent';

/** One decoded instruction, as a record holds it; addresses are those of state slots. */
export interface Decoded {
  kind: DecodedKind;
  length: number;
  /** The number of its form, when `kind` is 'instruction'. */
  form: number;
  operands: [number, number, number, number];
  base: number;
  index: number;
  scale: number;
  segment: number;
  displacement: bigint;
  addressMask: bigint;
  immediate: bigint;
  /** A near branch's target relative to the decoder's base, or the second immediate. */
  target: bigint;
  isBranch: boolean;
  /** Nothing after it is reached by falling through. */
  endsBlock: boolean;
}

const STRING_KINDS = new Map<OpKind, bigint>([
  [OpKind.MemorySegSI, 0xffffn],
  [OpKind.MemorySegESI, 0xffffffffn],
  [OpKind.MemorySegRSI, 0xffffffffffffffffn],
  [OpKind.MemorySegDI, 0xffffn],
  [OpKind.MemorySegEDI, 0xffffffffn],
  [OpKind.MemorySegRDI, 0xffffffffffffffffn],
  [OpKind.MemoryESDI, 0xffffn],
  [OpKind.MemoryESEDI, 0xffffffffn],
  [OpKind.MemoryESRDI, 0xffffffffffffffffn],
]);
const BRANCH_KINDS = new Set<OpKind>([
  OpKind.NearBranch16,
  OpKind.NearBranch32,
  OpKind.NearBranch64,
]);

/**
 * Whether bytes are no instruction because it would be longer than 15 bytes: a prefix less, and it is
 * the end of the bytes that is missed.
 */
function isTooLong(bytes: Uint8Array, bits: 16 | 32 | 64, length: number): boolean {
  if (length < LONGEST_INSTRUCTION) return false;
  const decoder = new Decoder(bits, bytes.subarray(1, LONGEST_INSTRUCTION), DecoderOptions.None);
  const instruction = decoder.decode();
  const runsOut = decoder.lastError === DecoderError.NoMoreBytes;
  instruction.free();
  decoder.free();
  return runsOut;
}

/** Decodes with iced-x86 into the form that records need. One per processor: its objects are reused. */
export class InstructionDecoder {
  private readonly instruction = new Instruction();
  private readonly result: Decoded = {
    kind: 'invalid',
    length: 0,
    form: 0,
    operands: [0, 0, 0, 0],
    base: State.ZERO,
    index: State.ZERO,
    scale: 0,
    segment: segmentSlot(3),
    displacement: 0n,
    addressMask: 0n,
    immediate: 0n,
    target: 0n,
    isBranch: false,
    endsBlock: false,
  };

  /**
   * Decodes the instruction at the start of `bytes`.
   *
   * @param offset where it lies relative to RIP_BASE: RIP-relative operands and branch targets are
   *   given relative to the same base
   * @returns an object that the next call overwrites
   */
  decode(bytes: Uint8Array, bits: 16 | 32 | 64, offset: number): Decoded {
    const decoder = new Decoder(bits, bytes, DecoderOptions.None);
    decoder.ip = BigInt(offset);
    const { instruction: i, result: out } = this;
    decoder.decodeOut(i);
    const incomplete = decoder.lastError === DecoderError.NoMoreBytes;
    decoder.free();
    out.length = i.length;
    if (i.code === Code.INVALID) {
      out.kind = incomplete || isTooLong(bytes, bits, i.length) ? 'incomplete' : 'invalid';
      return out;
    }
    // A VEX prefix is one in protected mode only; here 16-bit code stands for real and virtual-8086 mode.
    if (bits === 16 && i.encoding === EncodingKind.VEX) {
      out.kind = 'invalid';
      return out;
    }
    this.operands(i, out, bits);
    const form = formTable().find(i.code, this.hasMemory, repeatPrefix(i));
    out.kind = form === undefined ? 'absent' : 'instruction';
    out.form = form ?? 0;
    out.endsBlock =
      i.flowControl === FlowControl.UnconditionalBranch ||
      i.flowControl === FlowControl.IndirectBranch ||
      i.flowControl === FlowControl.Return;
    return out;
  }

  private hasMemory = false;

  private operands(i: Instruction, out: Decoded, bits: 16 | 32 | 64): void {
    this.hasMemory = false;
    out.base = State.ZERO;
    out.index = State.ZERO;
    out.scale = 0;
    out.displacement = 0n;
    out.immediate = 0n;
    out.target = 0n;
    out.isBranch = false;
    out.addressMask = ADDRESS_MASKS[bits];
    let immediates = 0;
    for (let n = 0; n < i.opCount && n < 4; n++) {
      const kind = i.opKind(n);
      if (kind === OpKind.Register) {
        out.operands[n] = registerSlot(i.opRegister(n)) ?? State.ZERO;
      } else if (kind === OpKind.Memory) {
        this.hasMemory = true;
        memoryOperand(i, out);
      } else if (STRING_KINDS.has(kind)) {
        out.addressMask = STRING_KINDS.get(kind) ?? 0n;
        out.segment = segmentRegisterSlot(i.memorySegment);
      } else if (BRANCH_KINDS.has(kind)) {
        out.isBranch = true;
        out.target = i.nearBranchTarget;
      } else if (kind === OpKind.FarBranch16 || kind === OpKind.FarBranch32) {
        continue; // slow paths decode for themselves
      } else if (immediates++ === 0) {
        out.immediate = i.immediate(n);
      } else {
        out.target = i.immediate(n);
      }
    }
    if (out.isBranch || IMPLIED_ADDRESS.has(i.mnemonic))
      out.addressMask = impliedMask(i.code, out.addressMask);
  }
}

const ADDRESS_MASKS = { 16: 0xffffn, 32: 0xffffffffn, 64: 0xffffffffffffffffn } as const;

/** What takes an address in rAX. */
const IMPLIED_ADDRESS: ReadonlySet<Mnemonic> = new Set([
  Mnemonic.Monitor,
  Mnemonic.Vmrun,
  Mnemonic.Vmload,
  Mnemonic.Vmsave,
  Mnemonic.Invlpga,
]);

/** LOOP and JCXZ count in CX, ECX or RCX by their address size, which their opcode's name tells; so do the others'. */
function impliedMask(code: Code, otherwise: bigint): bigint {
  const name = Code[code];
  if (/^Jcxz|_CX$|^(Monitor|Vm(run|load|save)|Invlpga)w$/.test(name)) return ADDRESS_MASKS[16];
  if (/^Jecxz|_ECX$|^(Monitor|Vm(run|load|save)|Invlpga)d$/.test(name)) return ADDRESS_MASKS[32];
  if (/^Jrcxz|_RCX$|^(Monitor|Vm(run|load|save)|Invlpga)q$/.test(name)) return ADDRESS_MASKS[64];
  return otherwise;
}

function repeatPrefix(i: Instruction): RepeatPrefix {
  if (i.hasRepnePrefix) return 'REPNE ';
  return i.hasRepPrefix ? 'REP ' : '';
}

function memoryOperand(i: Instruction, out: Decoded): void {
  const { memoryBase: base, memoryIndex: index } = i;
  out.segment = segmentRegisterSlot(i.memorySegment);
  out.displacement = i.memoryDisplacement;
  out.scale = Math.log2(i.memoryIndexScale);
  if (base === Register.RIP || base === Register.EIP) {
    out.base = State.RIP_BASE;
  } else {
    out.base = registerSlot(base) ?? State.ZERO;
  }
  // XLAT names AL as its index; its definition adds it by itself.
  out.index = index === Register.AL ? State.ZERO : (registerSlot(index) ?? State.ZERO);
  out.addressMask = addressMask(i, base === Register.None ? index : base);
}

function addressMask(i: Instruction, register: Register): bigint {
  if (register >= Register.RAX && register <= Register.R15) return ADDRESS_MASKS[64];
  if (register === Register.RIP) return ADDRESS_MASKS[64];
  if (register >= Register.EAX && register <= Register.R15D) return ADDRESS_MASKS[32];
  if (register === Register.EIP) return ADDRESS_MASKS[32];
  if (register >= Register.AX && register <= Register.R15W) return ADDRESS_MASKS[16];
  const size = i.memoryDisplSize;
  return size === 8 ? ADDRESS_MASKS[64] : size === 4 ? ADDRESS_MASKS[32] : ADDRESS_MASKS[16];
}

/** The address of the bytes of a general-purpose or vector register, or undefined for other registers. */
export function registerSlot(register: Register): number | undefined {
  if (register >= Register.RAX && register <= Register.R15) return gprSlot(register - Register.RAX);
  if (register >= Register.EAX && register <= Register.R15D)
    return gprSlot(register - Register.EAX);
  if (register >= Register.AX && register <= Register.R15W) return gprSlot(register - Register.AX);
  if (register >= Register.AH && register <= Register.BH)
    return gprSlot(register - Register.AH) + 1;
  if (register >= Register.SPL && register <= Register.R15L)
    return gprSlot(register - Register.SPL + 4);
  if (register >= Register.AL && register <= Register.BL) return gprSlot(register - Register.AL);
  return vectorRegisterSlot(register);
}

/** MMn is the significand of the x87 register Rn. */
function vectorRegisterSlot(register: Register): number | undefined {
  if (register >= Register.XMM0 && register <= Register.XMM15)
    return vectorSlot(register - Register.XMM0);
  if (register >= Register.YMM0 && register <= Register.YMM15)
    return vectorSlot(register - Register.YMM0);
  if (register >= Register.MM0 && register <= Register.MM7) return x87Slot(register - Register.MM0);
  return undefined;
}

export function segmentRegisterSlot(register: Register): number {
  return segmentSlot(
    register >= Register.ES && register <= Register.GS ? register - Register.ES : 3,
  );
}

import { Decoder, DecoderOptions, Instruction, OpKind, Register } from 'iced-x86';
import type { InstructionDetail, OperandDetail } from '../execution/instruction-context';
import { formsOf, spelled } from './form-of';
import { registerSlot, segmentRegisterSlot } from './decoder';

/** Decodes an instruction once more, with all that its slow path may ask. */
export function decodeDetail(
  bytes: Uint8Array,
  bits: 16 | 32 | 64,
  record: number,
): InstructionDetail {
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  const i = new Instruction();
  decoder.decodeOut(i);
  decoder.free();
  const operands: OperandDetail[] = [];
  for (let n = 0; n < i.opCount; n++) operands.push(operandDetail(i, n));
  const detail: InstructionDetail = {
    code: i.code,
    mnemonic: spelled(i.mnemonic),
    length: i.length,
    operandSize: ((formsOf(i.code)[0]?.operandSize ?? 32) / 8) as 2 | 4 | 8,
    operands,
    memorySize: i.memorySize,
    x87Opcode: x87Opcode(bytes),
    segmentPrefix: segmentRegisterSlot(i.segmentPrefix),
    repeat: i.hasRepnePrefix ? 'repne' : i.hasRepPrefix ? 'rep' : '',
    record,
  };
  i.free();
  return detail;
}

/** Escape opcodes are D8 to DF; no prefix is among them. */
function x87Opcode(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte >= 0xd8 && byte <= 0xdf);
  return (((bytes[at] ?? 0) & 7) << 8) | (bytes[at + 1] ?? 0);
}

function operandDetail(i: Instruction, n: number): OperandDetail {
  switch (i.opKind(n)) {
    case OpKind.Register:
      return registerDetail(i.opRegister(n));
    case OpKind.Memory:
      return { kind: 'memory', indexBytes: indexBytes(i.memoryIndex) };
    case OpKind.FarBranch16:
      return { kind: 'far', selector: i.farBranchSelector, offset: i.farBranch16 };
    case OpKind.FarBranch32:
      return { kind: 'far', selector: i.farBranchSelector, offset: i.farBranch32 };
    case OpKind.NearBranch16:
    case OpKind.NearBranch32:
    case OpKind.NearBranch64:
    case OpKind.MemorySegSI:
    case OpKind.MemorySegESI:
    case OpKind.MemorySegRSI:
    case OpKind.MemorySegDI:
    case OpKind.MemorySegEDI:
    case OpKind.MemorySegRDI:
    case OpKind.MemoryESDI:
    case OpKind.MemoryESEDI:
    case OpKind.MemoryESRDI:
      return { kind: 'other' };
    default:
      return { kind: 'immediate', value: i.immediate(n) };
  }
}

function registerDetail(register: Register): OperandDetail {
  const within = (first: Register, last: Register): boolean =>
    register >= first && register <= last;
  if (within(Register.ES, Register.GS)) return { kind: 'segment', index: register - Register.ES };
  if (within(Register.CR0, Register.CR15))
    return { kind: 'control', number: register - Register.CR0 };
  if (within(Register.DR0, Register.DR15))
    return { kind: 'debug', number: register - Register.DR0 };
  if (within(Register.ST0, Register.ST7)) return { kind: 'x87', index: register - Register.ST0 };
  const slot = registerSlot(register);
  if (slot === undefined) return { kind: 'other' };
  return { kind: 'register', slot, bytes: registerBytes(register) };
}

const indexBytes = (register: Register): number =>
  register === Register.None ? 0 : registerBytes(register);

function registerBytes(register: Register): 1 | 2 | 4 | 8 | 16 | 32 {
  if (register >= Register.MM0 && register <= Register.MM7) return 8;
  if (register >= Register.XMM0 && register <= Register.XMM15) return 16;
  if (register >= Register.YMM0 && register <= Register.YMM15) return 32;
  if (register >= Register.RAX && register <= Register.R15) return 8;
  if (register >= Register.EAX && register <= Register.R15D) return 4;
  if (register >= Register.AX && register <= Register.R15W) return 2;
  return 1;
}

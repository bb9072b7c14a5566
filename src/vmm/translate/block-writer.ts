import { Code, Register, RegisterExt, type Instruction } from 'iced-x86';
import { Data } from './data-page';
import { dword, JMP, quad, Reg, Rex, type Emitter } from './emitter';
import { writeInLine } from './in-line';
import { windowBase } from './window';
import { endsBlock, isRipRelative, kindOf, type Kind } from './kinds';

/** An instruction of the guest's, with what translating it takes. */
export interface GuestInstruction {
  readonly rip: bigint;
  readonly bytes: Uint8Array;
  readonly decoded: Instruction;
  /** Where its displacement begins, if it has one. */
  readonly displacementAt: number;
}

const [SPILL_0, SPILL_1] = Data.SPILL;

const MOV = 0x8b;
const VEX_3 = 0xc4;
const VEX_NOT_B = 0x20;
const LEGACY_PREFIXES = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]);

const isRex = (byte: number): boolean => (byte & 0xf0) === 0x40;

/** Writes what stands for the instructions of a block, one after the other. */
export class BlockWriter {
  private afterSti = false;

  constructor(readonly code: Emitter) {}

  /** @param calledOut whether the monitor is to do it in any case. @returns whether the block ends with it */
  write(instruction: GuestInstruction, calledOut: boolean): boolean {
    const kind = calledOut ? 'call-out' : kindOf(instruction.decoded);
    this.code.begin(instruction.rip, 'instruction', this.afterSti);
    this.afterSti = kind === 'in-line' && instruction.decoded.code === Code.Sti;
    this.writeKind(kind, instruction);
    return endsBlock(kind);
  }

  private writeKind(kind: Kind, instruction: GuestInstruction): void {
    const { code } = this;
    const { bytes, decoded } = instruction;
    switch (kind) {
      case 'identical':
        code.put([...bytes], true);
        return;
      case 'rip-relative':
        writeRipRelative(code, instruction);
        return;
      case 'in-line':
        writeInLine(code, decoded);
        return;
      case 'call-out':
        code.callOut();
        return;
      case 'jump':
        code.branch([0xe9], decoded.nearBranchTarget, true);
        return;
      case 'conditional':
        code.branch([0x0f, 0x80 | (decoded.conditionCode - 1)], decoded.nearBranchTarget, true);
        return;
      case 'counting':
        writeCounting(code, instruction);
        return;
      case 'call':
        pushReturn(code, instruction);
        code.branch([0xe9], decoded.nearBranchTarget, true);
        return;
      case 'return':
        writeReturn(code, decoded);
        return;
      case 'indirect jump':
      case 'indirect call':
        writeIndirect(code, instruction, kind === 'indirect call');
        return;
    }
  }
}

/** The instruction itself, which jumps over a jump to a jump that reaches as far as need be. */
function writeCounting(code: Emitter, { bytes, decoded }: GuestInstruction): void {
  code.put([...bytes.subarray(0, -1), 2]);
  const next = code.ahead(JMP, true);
  code.branch([0xe9], decoded.nearBranchTarget, true);
  next();
}

/** The address that the guest would have pushed, though it is not where its code goes on. */
function pushReturn(code: Emitter, { rip, bytes }: GuestInstruction): void {
  const address = rip + BigInt(bytes.length);
  const low = BigInt.asIntN(32, address);
  code.put([0x68, ...dword(Number(low))]);
  if (!code.wide || BigInt.asUintN(64, low) === address) return;
  code.pushed(8);
  code.put([0xc7, 0x44, 0x24, 4, ...dword(Number(BigInt.asIntN(32, address >> 32n)))]);
}

function writeReturn(code: Emitter, { opCount, immediate16 }: Instruction): void {
  code.store(SPILL_0, Reg.RCX);
  code.spilled(Reg.RCX);
  code.loadStack(Reg.RCX);
  code.store(Data.TARGET, Reg.RCX);
  code.store(SPILL_1, Reg.RDX);
  code.add(Reg.RSP, Reg.RSP, (code.wide ? 8 : 4) + (opCount > 0 ? immediate16 : 0));
  lookUp(code);
}

function writeIndirect(code: Emitter, instruction: GuestInstruction, calls: boolean): void {
  code.store(SPILL_0, Reg.RCX);
  code.spilled(Reg.RCX);
  loadTarget(code, instruction);
  code.store(Data.TARGET, Reg.RCX);
  if (calls) pushReturn(code, instruction);
  code.store(SPILL_1, Reg.RDX);
  lookUp(code);
}

/** MOV RCX, with the operand of the branch, which may itself be relative to RIP. */
function loadTarget(code: Emitter, { bytes, decoded }: GuestInstruction): void {
  const opcode = bytes.indexOf(0xff);
  const modrm = ((bytes[opcode + 1] ?? 0) & ~0x38) | (Reg.RCX << 3);
  const rest = [modrm, ...bytes.subarray(opcode + 2)];
  const before = [...bytes.subarray(0, opcode)];
  if (!code.wide) {
    code.put([...before, MOV, ...rest]);
    return;
  }
  const prefixes = before.filter((byte) => !isRex(byte));
  const extensions = (before.find(isRex) ?? 0) & (Rex.X | Rex.B);
  if (isRipRelative(decoded)) {
    code.loadValue(Reg.RCX, decoded.memoryDisplacement);
    code.put([...prefixes, Rex.W, MOV, (Reg.RCX << 3) | Reg.RCX]);
  } else {
    code.put([...prefixes, Rex.W | extensions, MOV, ...rest]);
  }
}

/** Goes where the table says that the target is, with RCX and RDX still spilled: that completes the branch. */
function lookUp(code: Emitter): void {
  code.spilled(Reg.RCX, Reg.RDX);
  code.lowByteOfRcx();
  if (code.wide) {
    code.addressOf(Reg.RDX, Data.LOOKUP);
    code.put([0xff, 0x24, 0xca]);
  } else {
    code.put([0x36, 0xff, 0x24, 0xcd, ...dword(Number(windowBase(32)) + Data.LOOKUP)]);
  }
}

/** The address in a register, which is spilled meanwhile. */
function writeRipRelative(code: Emitter, instruction: GuestInstruction): void {
  const { bytes, decoded, displacementAt } = instruction;
  const address = decoded.memoryDisplacement;
  const modrm = bytes[displacementAt - 1] ?? 0;
  if (decoded.code === Code.Lea_r64_m) {
    const extension = ((bytes[displacementAt - 3] ?? 0) & Rex.R) >> 2;
    code.put([Rex.W | extension, 0xb8 | ((modrm >> 3) & 7), ...quad(address)], true);
    return;
  }
  const scratch = [Reg.RSI, Reg.RDI, Reg.RBX].find((each) => !names(decoded, each)) ?? Reg.RSI;
  code.store(SPILL_0, scratch);
  code.spilled(scratch);
  code.loadValue(scratch, address);
  code.put(withBase(instruction, (modrm & 0x38) | scratch));
  code.load(scratch, SPILL_0, true);
}

/** The instruction with another ModRM byte, and no displacement; the base is one of the first eight registers. */
function withBase({ bytes, displacementAt }: GuestInstruction, modrm: number): number[] {
  const changed = [...bytes];
  const start = changed.findIndex((byte) => !LEGACY_PREFIXES.has(byte));
  const first = changed[start] ?? 0;
  if (isRex(first)) changed[start] = first & ~Rex.B;
  else if (first === VEX_3) changed[start + 1] = (changed[start + 1] ?? 0) | VEX_NOT_B;
  changed.splice(displacementAt - 1, 5, modrm);
  return changed;
}

/** Whether an operand is a register, or a part of it. */
function names(decoded: Instruction, reg: number): boolean {
  for (let n = 0; n < decoded.opCount; n++) {
    const register = decoded.opRegister(n);
    if (register !== Register.None && RegisterExt.fullRegister(register) === Register.RAX + reg) {
      return true;
    }
  }
  return false;
}

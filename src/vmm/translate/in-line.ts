import { Code, Register, type Instruction } from 'iced-x86';
import { Rflags } from '../../isa/registers/flags';
import { Data, PopfClass } from './data-page';
import { dword, JCXZ, JMP, Reg, type Emitter } from './emitter';
import { windowBase } from './window';

/** Sensitive instructions for which the translation has instructions that do the same on the virtual processor. */

const [SPILL_0, SPILL_1] = Data.SPILL;
const { IF } = Rflags;

/** @throws RangeError where there is nothing in line for it */
export function writeInLine(
  code: Emitter,
  { code: what, op0Register, op1Register }: Instruction,
): void {
  switch (what) {
    case Code.Cli:
      code.storeValue(Data.IF, 0, true);
      return;
    case Code.Sti:
      setInterruptFlag(code);
      return;
    case Code.Pushfd:
    case Code.Pushfq:
      pushFlags(code);
      return;
    case Code.Popfd:
    case Code.Popfq:
      popFlags(code);
      return;
    case Code.Mov_r32_cr:
      readControl(code, op0Register - Register.EAX, op1Register);
      return;
    case Code.Mov_r64_cr:
      readControl(code, op0Register - Register.RAX, op1Register);
      return;
    case Code.Mov_cr_r64:
      writeTaskPriority(code, op1Register - Register.RAX);
      return;
    default:
      throw new RangeError('there is nothing in line for it');
  }
}

/** The monitor delivers the interrupt that waits, if there is one. */
function setInterruptFlag(code: Emitter): void {
  code.store(SPILL_0, Reg.RCX);
  code.spilled(Reg.RCX);
  unlessPending(code);
  code.load(Reg.RCX, SPILL_0);
  code.spilled();
  code.storeValue(Data.IF, IF, true);
}

/** RCX has been spilled. */
function unlessPending(code: Emitter): void {
  code.load(Reg.RCX, Data.PENDING);
  callOutUnlessZero(code);
}

/** The monitor does the instruction unless RCX is 0. */
function callOutUnlessZero(code: Emitter): void {
  const zero = code.ahead(JCXZ);
  code.callOut();
  zero();
}

/** The processor's flags, and in them the virtual IF and IOPL. */
function pushFlags(code: Emitter): void {
  code.put([0x9c]);
  code.pushed(code.wide ? 8 : 4);
  code.store(SPILL_0, Reg.RCX);
  code.spilled(Reg.RCX);
  code.store(SPILL_1, Reg.RDX);
  code.spilled(Reg.RCX, Reg.RDX);
  code.loadStack(Reg.RCX);
  for (const part of [Data.IF, Data.IOPL_LESS_IF]) {
    code.load(Reg.RDX, part);
    code.addRegister(Reg.RCX, Reg.RDX);
  }
  code.storeStack(Reg.RCX);
  code.load(Reg.RDX, SPILL_1);
  code.load(Reg.RCX, SPILL_0, true);
}

/** IF becomes virtual; the processor loads the others, and drops IF and IOPL without a fault. */
function popFlags(code: Emitter): void {
  code.store(SPILL_0, Reg.RCX);
  code.spilled(Reg.RCX);
  code.loadStack(Reg.RCX);
  code.highByteOfRcx();
  loadClass(code);
  const clears = code.ahead(JCXZ);
  code.add(Reg.RCX, Reg.RCX, -PopfClass.SETS_IF);
  const sets = code.ahead(JCXZ);
  code.callOut();
  sets();
  unlessPending(code);
  code.storeValue(Data.IF, IF);
  const done = code.ahead(JMP);
  clears();
  code.storeValue(Data.IF, 0);
  done();
  code.load(Reg.RCX, SPILL_0);
  code.spilled();
  code.put([0x9d], true);
}

/** MOVZX ECX, from the table of what POPF has to do. */
function loadClass(code: Emitter): void {
  if (code.wide) loadFromTable(code, Data.POPF);
  else code.put([0x36, 0x0f, 0xb6, 0x89, ...dword(Number(windowBase(32)) + Data.POPF)]);
}

/** MOVZX ECX, from a table of 256 bytes, by RCX. */
function loadFromTable(code: Emitter, table: number): void {
  code.store(SPILL_1, Reg.RDX);
  code.spilled(Reg.RCX, Reg.RDX);
  code.addressOf(Reg.RDX, table);
  code.put([0x0f, 0xb6, 0x0c, 0x0a]);
  code.load(Reg.RDX, SPILL_1);
  code.spilled(Reg.RCX);
}

/** CR8 takes values up to 15; a request that waits for a lower one is the monitor's to deliver. */
function writeTaskPriority(code: Emitter, reg: number): void {
  code.store(SPILL_0, Reg.RCX);
  code.spilled(Reg.RCX);
  code.store(Data.VALUE, reg);
  code.load(Reg.RCX, Data.VALUE + 1);
  callOutUnlessZero(code);
  code.withData([0x0f, 0xb6], Reg.RCX, Data.VALUE);
  loadFromTable(code, Data.NO_PRIORITY);
  callOutUnlessZero(code);
  code.load(Reg.RCX, Data.REQUESTS);
  callOutUnlessZero(code);
  code.load(Reg.RCX, Data.VALUE);
  code.store(Data.CR[8], Reg.RCX);
  code.load(Reg.RCX, SPILL_0, true);
}

function readControl(code: Emitter, reg: number, control: Register): void {
  const place = CONTROL.get(control);
  if (place === undefined) throw new RangeError('the page of data does not hold it');
  code.withData([0x8b], reg, place, { counts: true });
}

const CONTROL = new Map<Register, number>([
  [Register.CR0, Data.CR[0]],
  [Register.CR2, Data.CR[2]],
  [Register.CR3, Data.CR[3]],
  [Register.CR4, Data.CR[4]],
  [Register.CR8, Data.CR[8]],
]);

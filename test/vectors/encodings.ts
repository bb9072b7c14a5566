import type { Instruction } from 'iced-x86';
import {
  Code,
  CodeExt,
  Decoder,
  DecoderOptions,
  EncodingKind,
  FlowControl,
  MandatoryPrefix,
  OpCodeTableKind,
  Register,
  type OpCodeInfo,
} from 'iced-x86';
import { formTable } from '../../src/processor/decoder/forms';
import { random } from './random';

/** Encodings of every instruction that the processor has: built from iced-x86's tables, with random operands. */

/** Attempts for each opcode: most of what is built is what was wanted. */
const ATTEMPTS = 400;
type Next = () => number;

/** Only these are pointers into the memory; with others an access would fault. */
const POINTERS = new Set([Register.RBX, Register.RSI, Register.RDI, Register.RBP]);

/** Not of single instructions in ring 3, not the same on every processor, or of the x87 unit (record-x87.ts). */
const EXCLUDED =
  /^(F[A-Z0-9]+$|CPUID|RESERVEDNOP|RDTSC|RDTSCP|RDPID|RDPMC|SYSCALL|SYSENTER|PUSHF|POPF|SGDT|SIDT|SLDT|STR|SMSW|LAR|LSL|VERR|VERW|CLI|STI|RD.SBASE|WR.SBASE|ENTER|LEAVE|PAUSE|UD|L.S$|STD|INT|IN$|OUT|INS[BWD]$|XGETBV|XSAVE|XRSTOR|FXSAVE|FXRSTOR|LDMXCSR|VLDMXCSR|RDRAND|RDSEED|RDPKRU|WRPKRU|MONITOR|MWAIT|SERIALIZE|CLFLUSH|CLWB|V?RCP|V?RSQRT|V?P?GATHER|FLDENV|FRSTOR|FSAVE|FNSAVE|FSTENV|FNSTENV|FWAIT)/;

/** Encodings of one opcode, some with memory and some without, each once. */
export function encodingsOf(code: Code, each: number): Uint8Array[] {
  const info = CodeExt.opCode(code);
  const next = random(code * 31 + 7);
  const found = new Map<string, Uint8Array>();
  const counts = { true: 0, false: 0 };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const memory = attempt % 2 === 0;
    if (counts[`${memory}`] >= each) continue;
    const bytes = build(info, next, memory);
    const length = lengthIfUsable(bytes, code, memory);
    if (length === undefined) continue;
    const encoding = bytes.slice(0, length);
    const key = Buffer.from(encoding).toString('hex');
    if (found.has(key)) continue;
    found.set(key, encoding);
    counts[`${memory}`]++;
  }
  info.free();
  return [...found.values()];
}

const TABLES: Partial<Record<OpCodeTableKind, readonly number[]>> = {
  [OpCodeTableKind.Normal]: [],
  [OpCodeTableKind.T0F]: [0x0f],
  [OpCodeTableKind.T0F38]: [0x0f, 0x38],
  [OpCodeTableKind.T0F3A]: [0x0f, 0x3a],
};

const PREFIXES: Partial<Record<MandatoryPrefix, number>> = {
  [MandatoryPrefix.P66]: 0x66,
  [MandatoryPrefix.PF3]: 0xf3,
  [MandatoryPrefix.PF2]: 0xf2,
};

function build(info: OpCodeInfo, next: Next, memory: boolean): Uint8Array {
  const prefix = PREFIXES[info.mandatoryPrefix];
  const wide =
    info.operandSize === 64 || info.W === 1 || (next() % 8 === 0 && info.operandSize === 0);
  const opcode = info.opCodeLength === 2 ? [info.opCode >> 8, info.opCode & 0xff] : [info.opCode];
  const last = opcode.length - 1;
  // An opcode that names a register in its lowest bits.
  if (info.opCodeLength === 1 && next() % 2 === 0)
    opcode[last] = (opcode[last] ?? 0) | (next() & 7);
  const out: number[] = [];
  if (info.encoding === EncodingKind.VEX) {
    const pp = prefix === 0x66 ? 1 : prefix === 0xf3 ? 2 : prefix === 0xf2 ? 3 : 0;
    const map =
      info.table === OpCodeTableKind.T0F ? 1 : info.table === OpCodeTableKind.T0F38 ? 2 : 3;
    const extension = (next() & 0xa0) | (memory ? 0x60 : 0x40 | (next() & 0x20));
    const unused = next() % 2 === 0 ? 15 : next() & 15;
    out.push(0xc4, extension | map, (wide ? 0x80 : 0) | (unused << 3) | (info.L << 2) | pp);
  } else {
    if (info.operandSize === 16) out.push(0x66);
    if (prefix !== undefined) out.push(prefix);
    const rex = 0x40 | (wide ? 8 : 0) | (next() & 4) | (memory ? 0 : next() & 1);
    if (rex !== 0x40 || next() % 4 === 0) out.push(rex);
    out.push(...(TABLES[info.table] ?? []));
  }
  out.push(...opcode, ...modRm(info, next, memory));
  while (out.length < 15) out.push(next() & 0xff);
  return Uint8Array.from(out.slice(0, 15));
}

/** ModR/M, and with a memory operand a displacement of eight bits, often 0. */
function modRm(info: OpCodeInfo, next: Next, memory: boolean): number[] {
  if (info.opCodeLength === 2 && info.groupIndex < 0 && info.table === OpCodeTableKind.Normal)
    return [];
  const reg = info.groupIndex >= 0 ? info.groupIndex : next() & 7;
  if (!memory) {
    const rm = info.rmGroupIndex >= 0 ? info.rmGroupIndex : next() & 7;
    return [0xc0 | (reg << 3) | rm];
  }
  const base = [3, 5, 6, 7][next() & 3] ?? 3;
  const displacement = next() % 2 === 0 ? 0 : ((next() % 25) - 12) & 0xff;
  return [0x40 | (reg << 3) | base, displacement];
}

/** The length of the instruction at the start, if it is the one that was wanted and harms nobody. */
function lengthIfUsable(bytes: Uint8Array, code: Code, memory: boolean): number | undefined {
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  const i = decoder.decode();
  decoder.free();
  const fits = i.code === code && hasMemory(i) === memory && isUsable(i);
  const { length } = i;
  i.free();
  return fits ? length : undefined;
}

const hasMemory = (i: Instruction): boolean => i.memoryBase !== Register.None;

function isUsable(i: Instruction): boolean {
  if (i.isPrivileged || i.flowControl !== FlowControl.Next) return false;
  const form = formTable().find(i.code, hasMemory(i), '');
  if (form === undefined) return false;
  const name = formTable().forms[form]?.mnemonic ?? '';
  if (EXCLUDED.test(name)) return false;
  if (i.hasRepPrefix || i.hasRepnePrefix || i.hasLockPrefix || i.segmentPrefix !== Register.None)
    return false;
  for (let n = 0; n < i.opCount; n++) {
    const register = i.opRegister(n);
    if (register >= Register.ES && register <= Register.GS) return false;
    if ([Register.RSP, Register.ESP, Register.SP, Register.SPL].includes(register)) return false;
  }
  // A count above 16 leaves everything undefined.
  if (/^Sh[lr]d_rm16/.test(Code[i.code])) return false;
  // A bit string may lie far away.
  if (/^BT.?$/.test(name) && hasMemory(i)) return false;
  if (/^(MOVS|STOS|LODS|SCAS|CMPS)[BWDQ]$/.test(name)) return true;
  if (i.memoryDisplSize === 0 && !hasMemory(i) && !i.isIpRelMemoryOperand) return true;
  return POINTERS.has(i.memoryBase) && i.memoryIndex === Register.None;
}

/**
 * Records what a real processor does: `npx tsx test/vectors/record.ts` on an x86-64 Linux machine
 * with a C compiler rewrites src/processor/testdata/vectors.txt.gz.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Code, Decoder, DecoderOptions, FlowControl, Instruction, Register } from 'iced-x86';
import { formTable } from '../../src/processor/decoder/forms';
import { random, vectorInput } from './inputs';

const PER_OPCODE = 12;
const ROUNDS = 600_000;
const RECORD = 16 + 17 * 8 + 64;
const RESULT = 1 + 17 * 8 + 64;
/** Only these are pointers into the memory; with others an access would fault. */
const POINTERS = new Set([Register.RBX, Register.RSI, Register.RDI, Register.RBP]);

/** Random bytes that decode to something the processor has, and that stays within the memory. */
function candidates(): Uint8Array[] {
  const next = random(2026);
  const counts = new Map<string, number>();
  const found: Uint8Array[] = [];
  const instruction = new Instruction();
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = Uint8Array.from({ length: 15 }, () => next() & 0xff);
    if (next() % 2) bytes[0] = 0x40 | (next() & 0xf);
    if (next() % 4 === 0) bytes[1] = 0x0f;
    if (next() % 4 === 0) bytes.set(generalPurposeMap(next));
    const decoder = new Decoder(64, bytes, DecoderOptions.None);
    decoder.decodeOut(instruction);
    decoder.free();
    if (!usable(instruction)) continue;
    const memory = instruction.memoryBase !== Register.None;
    const key = `${String(instruction.code)}${memory ? 'm' : 'r'}`;
    const count = counts.get(key) ?? 0;
    if (count >= PER_OPCODE) continue;
    counts.set(key, count + 1);
    found.push(bytes.slice(0, instruction.length));
  }
  instruction.free();
  return found;
}

/** The beginning of an instruction of BMI1, BMI2, ADX or SSE4.2's CRC32. */
function generalPurposeMap(next: () => number): number[] {
  const opcode = 0xf0 | (next() & 7);
  const map = next() % 4 === 0 ? 3 : 2;
  if (next() % 2) return [0xc4, (next() & 0xe0) | map, next() & 0xfb, opcode];
  return [[0x66, 0xf2, 0xf3][next() % 3] ?? 0, 0x40 | (next() & 0xf), 0x0f, 0x38, opcode];
}

function usable(i: Instruction): boolean {
  if (i.code === Code.INVALID || i.isPrivileged || i.flowControl !== FlowControl.Next) return false;
  const form = formTable().find(i.code, i.memoryBase !== Register.None, '');
  if (form === undefined) return false;
  const name = formTable().forms[form]?.mnemonic ?? '';
  if (SYSTEM.test(name) || /^(IN|OUT)/.test(name)) return false;
  if (i.hasRepPrefix || i.hasRepnePrefix || i.hasLockPrefix || i.segmentPrefix !== Register.None)
    return false;
  for (let n = 0; n < i.opCount; n++) {
    const register = i.opRegister(n);
    if (register >= Register.ES && register <= Register.GS) return false;
    if ([Register.RSP, Register.ESP, Register.SP, Register.SPL].includes(register))
      return name === 'CMP';
  }
  if (/^(MOVS|STOS|LODS|SCAS|CMPS)[BWDQ]$/.test(name)) return true;
  if (i.memoryDisplSize === 0 && i.memoryBase === Register.None && !i.isIpRelMemoryOperand)
    return true;
  const near = BigInt.asIntN(64, i.memoryDisplacement);
  return (
    POINTERS.has(i.memoryBase) && i.memoryIndex === Register.None && near >= -16n && near <= 16n
  );
}

/** Also without the x87 unit, which record-x87.ts records. */
const SYSTEM =
  /^(CPUID|RDTSC|RDTSCP|SYSCALL|SYSENTER|PUSHF|POPF|SGDT|SIDT|SLDT|STR|SMSW|LAR|LSL|VERR|VERW|CLI|STI|RD.SBASE|WR.SBASE|XLATB|ENTER|LEAVE|PAUSE|UD|BT.?|L.S|STD|INT|RDRAND|RDSEED|RDPID|RDPKRU|WRPKRU|XGETBV|X?SAVE|XRSTOR|FXSAVE|FXRSTOR|LDMXCSR|STMXCSR|F)/;

function record(): void {
  const folder = mkdtempSync(join(tmpdir(), 'vectors-'));
  const program = join(folder, 'record');
  execFileSync('cc', ['-O1', '-o', program, join(__dirname, 'record.c')]);
  const instructions = candidates();
  const input = Buffer.alloc(instructions.length * RECORD);
  instructions.forEach((bytes, number) => {
    const at = number * RECORD;
    const { registers, flags, memory } = vectorInput(number);
    input.set(bytes, at);
    input[at + 15] = bytes.length;
    registers.forEach((value, n) => input.writeBigUInt64LE(value, at + 16 + 8 * n));
    input.writeBigUInt64LE(flags, at + 16 + 128);
    input.set(memory, at + 16 + 136);
  });
  const output = execFileSync(program, { input, maxBuffer: 1 << 30 });
  const lines = instructions.map((bytes, number) =>
    line(bytes, number, output.subarray(number * RESULT)),
  );
  const kept = lines.filter((l) => l !== undefined);
  writeFileSync(
    join(__dirname, '../../src/processor/testdata/vectors.txt.gz'),
    gzipSync(kept.join('\n'), { level: 9 }),
  );
  process.stdout.write(`${String(kept.length)} vectors\n`);
}

/** number, code, status, flags, changed registers, changed memory: all in hexadecimal. */
function line(bytes: Uint8Array, number: number, result: Buffer): string | undefined {
  const { registers, memory } = vectorInput(number);
  const status = result[0] ?? 0;
  const code = Buffer.from(bytes).toString('hex');
  if (status !== 0) return status === 8 ? `${String(number)} ${code} DE` : undefined;
  const flags = result.readBigUInt64LE(1 + 128) & 0xcd5n;
  const changed = registers
    .map((before, n) => ({ n, before, after: result.readBigUInt64LE(1 + 8 * n) }))
    .filter(({ before, after }) => before !== after)
    .map(({ n, after }) => `${n.toString(16)}=${after.toString(16)}`);
  const written = [...memory]
    .map((before, n) => ({ n, before, after: result[1 + 136 + n] ?? 0 }))
    .filter(({ before, after }) => before !== after)
    .map(({ n, after }) => `m${n.toString(16)}=${after.toString(16)}`);
  return [String(number), code, flags.toString(16), ...changed, ...written].join(' ');
}

record();

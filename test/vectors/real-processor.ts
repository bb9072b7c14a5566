import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Outcome } from './outcome';
import { IMAGE_SIZE, MEMORY_SIZE, type UserState } from './states';

/** The processor of this machine (x86-64 Linux, with a C compiler), executing one instruction at a time. */

const REGISTERS = 17 * 8;
const RECORD = 16 + REGISTERS + MEMORY_SIZE + IMAGE_SIZE;
const RESULT = 1 + REGISTERS + MEMORY_SIZE + IMAGE_SIZE;
/** What signals stand for: SIGILL, SIGFPE, SIGSEGV or SIGBUS. */
const ENDS: Readonly<Record<number, Outcome['end']>> = {
  0: 'done',
  4: 'undefined',
  8: 'divide',
  7: 'protection',
  11: 'protection',
};

let program: string | undefined;

function executable(): string {
  if (program !== undefined) return program;
  program = join(mkdtempSync(join(tmpdir(), 'vectors-')), 'execute');
  execFileSync('cc', ['-O1', '-o', program, join(__dirname, 'execute.c')]);
  return program;
}

export interface Case {
  readonly code: Uint8Array;
  readonly state: UserState;
}

/** What each instruction does in its state. */
export function executeOnRealProcessor(cases: readonly Case[]): Outcome[] {
  const input = Buffer.alloc(cases.length * RECORD);
  cases.forEach(({ code, state }, n) => {
    let at = n * RECORD;
    input.set(code, at);
    input[at + 15] = code.length;
    at += 16;
    state.registers.forEach((value, r) => input.writeBigUInt64LE(value, at + 8 * r));
    input.writeBigUInt64LE(state.flags, at + 128);
    input.set(state.memory, at + REGISTERS);
    input.set(state.image, at + REGISTERS + MEMORY_SIZE);
  });
  const output = execFileSync(executable(), { input, maxBuffer: 2 ** 31 });
  return cases.map((_, n) => {
    const at = n * RESULT;
    const memory = at + 1 + REGISTERS;
    return {
      end: ENDS[output[at] ?? 0] ?? 'protection',
      registers: BigUint64Array.from({ length: 16 }, (_r, r) =>
        output.readBigUInt64LE(at + 1 + 8 * r),
      ),
      flags: output.readBigUInt64LE(at + 1 + 128),
      memory: output.subarray(memory, memory + MEMORY_SIZE),
      image: output.subarray(memory + MEMORY_SIZE, memory + MEMORY_SIZE + IMAGE_SIZE),
    };
  });
}

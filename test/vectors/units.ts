/** x87 and SSE instructions on the processor of this machine: units.c, fed with cases. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const IMAGE_SIZE = 512;
export const UNIT_MEMORY_SIZE = 128;

/** An instruction, and what it finds. Its memory operand, if any, is [RBX]. */
export interface UnitCase {
  readonly code: Uint8Array;
  readonly rax: bigint;
  readonly rflags: bigint;
  /** As FXRSTOR loads it and FXSAVE stores it (SDM 1 table 10-2). */
  readonly image: Uint8Array;
  readonly memory: Uint8Array;
}

/** What it left. */
export interface UnitResult extends Omit<UnitCase, 'code'> {
  /** 0, or the signal by which the system told of an exception. */
  readonly signal: number;
}

const INPUT = 16 + 16 + IMAGE_SIZE + UNIT_MEMORY_SIZE;
const OUTPUT = 16 + IMAGE_SIZE + UNIT_MEMORY_SIZE + 8;

let program: string | undefined;

function compiled(): string {
  if (program) return program;
  program = join(mkdtempSync(join(tmpdir(), 'units-')), 'units');
  execFileSync('cc', ['-O1', '-o', program, join(__dirname, 'units.c')]);
  return program;
}

export function executeUnits(cases: readonly UnitCase[]): UnitResult[] {
  const input = Buffer.alloc(cases.length * INPUT);
  cases.forEach(({ code, rax, rflags, image, memory }, number) => {
    const at = number * INPUT;
    input.set(code, at);
    input[at + 15] = code.length;
    input.writeBigUInt64LE(rax, at + 16);
    input.writeBigUInt64LE(rflags, at + 24);
    input.set(image, at + 32);
    input.set(memory, at + 32 + IMAGE_SIZE);
  });
  const output = execFileSync(compiled(), { input, maxBuffer: 1 << 30 });
  return cases.map((_, number) => {
    const at = number * OUTPUT;
    const image = at + 16;
    const memory = image + IMAGE_SIZE;
    return {
      rax: output.readBigUInt64LE(at),
      rflags: output.readBigUInt64LE(at + 8),
      image: Uint8Array.from(output.subarray(image, memory)),
      memory: Uint8Array.from(output.subarray(memory, memory + UNIT_MEMORY_SIZE)),
      signal: output[memory + UNIT_MEMORY_SIZE] ?? 0,
    };
  });
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Decoder, DecoderOptions, RflagsBits } from 'iced-x86';
import { DATA_ADDRESS, MEMORY_SIZE, vectorInput } from '../../test/vectors/inputs';
import { PhysicalMemory } from './physical-memory';
import type { Processor } from './processor';
import { createProcessor } from './create-processor';

/** Single instructions do here what a real processor did (test/vectors/record.ts recorded it). */

const CODE = 0x4000n;
const FRAME = 0x20000;

const bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

/** 64-bit ring 3 with the recorder's memory at its address, and no IDT. */
function prepare(cpu: Processor): void {
  const { physical, state } = cpu;
  cpu.reset();
  const entry = (at: number, value: number): void => {
    physical.write64(at, BigInt(value));
  };
  entry(0x1000, 0x2007);
  entry(0x2000, 0x3007);
  entry(0x3000, 0x87); // the first 2 MBytes
  entry(0x3000 + 8 * 256, 0x5007); // 0x20000000
  for (let page = 0; page < 16; page++) entry(0x5000 + 8 * page, (FRAME + page * 4096) | 7);
  state.cr3 = 0x1000n;
  state.cr4 = 0x20n;
  state.efer = 0xd01n;
  state.cr0 = 0x80000031n;
  state.idtr = { base: 0n, limit: 0 };
  for (let index = 0; index < 6; index++) {
    const accessRights = index === 1 ? 0xa0fb : 0xc0f3;
    state.setSegment(index, { selector: 0x2b, base: 0n, limit: 0xffffffff, accessRights });
  }
}

/** Flags that the instruction leaves undefined, as bits of RFLAGS. */
function undefinedFlags(code: Uint8Array): bigint {
  const decoder = new Decoder(64, code, DecoderOptions.None);
  const instruction = decoder.decode();
  const bits = instruction.rflagsUndefined;
  instruction.free();
  decoder.free();
  const names = [
    [RflagsBits.CF, 1n],
    [RflagsBits.PF, 4n],
    [RflagsBits.AF, 16n],
    [RflagsBits.ZF, 64n],
    [RflagsBits.SF, 128n],
    [RflagsBits.OF, 2048n],
  ] as const;
  return names.reduce((mask, [bit, flag]) => (bits & bit ? mask | flag : mask), 0n);
}

interface Expected {
  readonly flags: bigint;
  readonly registers: bigint[];
  readonly memory: Uint8Array;
}

function expectation(number: number, words: readonly string[]): Expected {
  const { registers, memory } = vectorInput(number);
  for (const word of words.slice(1)) {
    const [name, value] = word.split('=') as [string, string];
    if (name.startsWith('m')) memory[parseInt(name.slice(1), 16)] = parseInt(value, 16);
    else registers[parseInt(name, 16)] = BigInt(`0x${value}`);
  }
  return { flags: BigInt(`0x${words[0] ?? '0'}`), registers, memory };
}

describe('recorded instructions', () => {
  const file = join(__dirname, 'testdata', 'vectors.txt.gz');
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');

  it('do what the real processor did', () => {
    const cpu = createProcessor(new PhysicalMemory(0x200000), bus);
    const wrong: string[] = [];
    for (const line of lines) {
      const problem = run(cpu, line.split(' '));
      if (problem) wrong.push(`${line}: ${problem}`);
    }
    assert.deepEqual(
      wrong.slice(0, 20),
      [],
      `${String(wrong.length)} of ${String(lines.length)} differ`,
    );
    assert.ok(lines.length > 3000, 'too few vectors');
  });
});

function run(cpu: Processor, [number = '0', code = '', ...words]: string[]): string | undefined {
  prepare(cpu);
  const bytes = Uint8Array.from(Buffer.from(code, 'hex'));
  const input = vectorInput(Number(number));
  const at = FRAME + Number(DATA_ADDRESS & 0xffffn);
  cpu.physical.writeBytes(FRAME, new Uint8Array(0x10000));
  cpu.physical.writeBytes(at, input.memory);
  cpu.physical.writeBytes(Number(CODE), bytes);
  input.registers.forEach((value, n) => {
    cpu.state.setGpr(n, value);
  });
  cpu.state.rflags = input.flags;
  cpu.state.rip = CODE;
  cpu.updateDerivedState();
  const stop = cpu.run(1);
  if (words[0] === 'DE') {
    const first = stop.kind === 'triple-fault' ? stop.chain[0]?.vector : undefined;
    return first === 0 ? undefined : 'a divide error was expected';
  }
  if (stop.kind !== 'budget') return stop.kind;
  const expected = expectation(Number(number), words);
  const ignored = undefinedFlags(bytes);
  if ((cpu.state.rflags ^ expected.flags) & 0xcd5n & ~ignored) {
    return `flags ${cpu.state.rflags.toString(16)}, undefined ${ignored.toString(16)}`;
  }
  const register = expected.registers.findIndex((value, n) => cpu.state.gpr(n) !== value);
  if (register >= 0)
    return `register ${String(register)} is ${cpu.state.gpr(register).toString(16)}`;
  const memory = cpu.physical.readBytes(at, MEMORY_SIZE);
  const byte = memory.findIndex((value, n) => value !== expected.memory[n]);
  return byte >= 0 ? `memory byte ${String(byte)}` : undefined;
}

/**
 * Records what a real processor does in all of its user-mode state: `npx tsx test/vectors/record.ts`
 * on an x86-64 Linux machine with a C compiler, AVX2, FMA and F16C rewrites src/processor/testdata/digests.txt.gz.
 *
 * With mnemonics as arguments (`addps vaddps`) it records nothing and shows what differs on our processor.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Code, CodeExt, Mnemonic } from 'iced-x86';
import { formTable } from '../../src/processor/decoder/forms';
import { encodingsOf } from './encodings';
import { CASES, difference, Digest, FEW, stateOf, undefinedFlags } from './outcome';
import { executeOnRealProcessor } from './real-processor';
import { SimulatedProcessor } from './simulated-processor';
import { userState } from './states';

const EACH = 6;
/** Instructions at a time: their results are a good deal of memory. */
const BATCH = 200;

function opcodes(wanted: ReadonlySet<string>): Code[] {
  const all: Code[] = [];
  for (let code: Code = 1; Code[code] !== undefined; code++) {
    const info = CodeExt.opCode(code);
    const mnemonic = Mnemonic[info.mnemonic].toLowerCase();
    info.free();
    if (
      formTable().find(code, true, '') === undefined &&
      formTable().find(code, false, '') === undefined
    )
      continue;
    if (wanted.size === 0 || wanted.has(mnemonic)) all.push(code);
  }
  return all;
}

const casesOf = (code: Uint8Array, number: number) =>
  Array.from({ length: CASES }, (_, index) => ({ code, state: userState(stateOf(number, index)) }));

function record(): void {
  const encodings = opcodes(new Set()).flatMap((code) => encodingsOf(code, EACH));
  const lines: string[] = [];
  for (let first = 0; first < encodings.length; first += BATCH) {
    const batch = encodings.slice(first, first + BATCH);
    const outcomes = executeOnRealProcessor(batch.flatMap((code, n) => casesOf(code, first + n)));
    batch.forEach((code, n) => {
      const ignored = undefinedFlags(code);
      const digest = new Digest();
      let few = '';
      for (let index = 0; index < CASES; index++) {
        const outcome = outcomes[n * CASES + index];
        if (outcome) digest.outcome(outcome, ignored);
        if (index + 1 === FEW) few = digest.toString();
      }
      lines.push(`${Buffer.from(code).toString('hex')} ${few} ${digest.toString()}`);
    });
  }
  const file = join(__dirname, '../../src/processor/testdata/digests.txt.gz');
  writeFileSync(file, gzipSync(lines.join('\n'), { level: 9 }));
  process.stdout.write(`${String(lines.length)} encodings, ${String(CASES)} states each\n`);
}

/** Shows up to three differences of each instruction. */
function compare(mnemonics: ReadonlySet<string>): void {
  const cpu = new SimulatedProcessor();
  let wrong = 0;
  let all = 0;
  for (const opcode of opcodes(mnemonics)) {
    let shown = 0;
    let bad = 0;
    let total = 0;
    encodingsOf(opcode, 4).forEach((code, n) => {
      const cases = casesOf(code, opcode * 16 + n);
      const ignored = undefinedFlags(code);
      cpu.load(code);
      executeOnRealProcessor(cases).forEach((expected, index) => {
        const input = cases[index]?.state;
        if (!input) return;
        total++;
        const found = difference(cpu.execute(input), expected, ignored);
        if (found === undefined) return;
        bad++;
        if (shown++ >= 3) return;
        process.stdout.write(
          `${Code[opcode]} ${Buffer.from(code).toString('hex')}:\n    ${found}\n`,
        );
      });
    });
    if (bad > 0)
      process.stdout.write(`${Code[opcode]}: ${String(bad)} of ${String(total)} differ\n`);
    wrong += bad;
    all += total;
    if (total === 0) process.stdout.write(`${Code[opcode]}: none\n`);
  }
  process.stdout.write(`${String(wrong)} of ${String(all)} differ\n`);
}

const mnemonics = process.argv.slice(2);
if (mnemonics.length > 0) compare(new Set(mnemonics));
else record();

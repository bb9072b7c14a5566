import assert from 'node:assert/strict';
import { BLOB, ProgramGenerator } from './generator/program.testing';
import { Random } from './generator/random.testing';
import { hasNasm, NasmFolder } from './nasm-reference.testing';
import { assembleText, hex, messages } from './test-support';

/**
 * How many programs to compare, and the first one's seed: the same ones every day, others on request
 * (`ASSEMBLER_PROGRAMS=100000 SEED=20001 npx mocha …`).
 */
const PROGRAMS = Number(process.env.ASSEMBLER_PROGRAMS ?? 500);
const SEED = Number(process.env.SEED ?? 1);

/** NASM's processes are started so many at a time. */
const BATCH = 250;

interface Comparison {
  readonly seed: number;
  readonly source: string;
  readonly wanted: Uint8Array;
}

/** Programs as NASM takes them: lines that it refuses are left out; a program that stays wrong is dropped. */
async function accepted(folder: NasmFolder, seeds: readonly number[]): Promise<Comparison[]> {
  let left = seeds.map((seed) => ({
    seed,
    source: new ProgramGenerator(new Random(seed)).generate(),
  }));
  const done: Comparison[] = [];
  for (let attempt = 0; attempt < 4 && left.length > 0; attempt++) {
    const results = await folder.assembleAll(left.map(({ source }) => source));
    const again: typeof left = [];
    left.forEach(({ seed, source }, i) => {
      const result = results[i];
      if (result?.image && result.complaints.size === 0)
        done.push({ seed, source, wanted: result.image });
      else again.push({ seed, source: without(source, result?.complaints ?? new Map()) });
    });
    left = again;
  }
  return done;
}

function without(source: string, lines: ReadonlyMap<number, string>): string {
  return source
    .split('\n')
    .map((line, i) => (lines.has(i + 1) ? '' : line))
    .join('\n');
}

async function compare({ seed, source, wanted }: Comparison): Promise<void> {
  const assembly = await assembleText(source, { 'blob.bin': BLOB });
  const errors = messages(assembly).filter((m) => m.includes(' error: '));
  const replay = `SEED=${seed} ASSEMBLER_PROGRAMS=1`;
  assert.deepEqual(errors, [], replay);
  if (hex(assembly.image) === hex(wanted)) return;
  let at = 0;
  while (assembly.image[at] === wanted[at]) at++;
  const place = assembly.lines.entries.find((e) => {
    const start = Number(e.load - assembly.origin);
    return at >= start && at < start + e.length;
  })?.chain[0];
  const line = place ? `line ${place.line}: ${source.split('\n')[place.line - 1]?.trim()}` : '?';
  assert.fail(`${replay}: the images differ from byte ${at} on, ${line}`);
}

describe('assembler against nasm on random programs', function () {
  this.timeout(1_200_000);

  it(`writes the same bytes for ${PROGRAMS} programs from seed ${SEED} on`, async function () {
    if (!hasNasm) this.skip();
    const folder = new NasmFolder();
    folder.write('blob.bin', BLOB);
    let compared = 0;
    try {
      for (let first = 0; first < PROGRAMS; first += BATCH) {
        const count = Math.min(BATCH, PROGRAMS - first);
        const seeds = Array.from({ length: count }, (_, i) => SEED + first + i);
        for (const comparison of await accepted(folder, seeds)) {
          await compare(comparison);
          compared++;
        }
      }
    } finally {
      folder.close();
    }
    // Most of what the generator makes must be valid, or the test shows little.
    assert.ok(compared >= PROGRAMS * 0.9, `only ${compared} of ${PROGRAMS} programs were valid`);
  });
});

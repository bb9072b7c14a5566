import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './generator/random.testing';
import { assembleText } from './test-support';

/** Real programs with random changes, as a hand slips: the assembler always ends, and soon. */

const COUNT = Number(process.env.MUTATIONS ?? 150);
const SEED = Number(process.env.SEED ?? 1);
const LIMIT_MS = 2000;

const ROOT = join(__dirname, '../..');
const PROGRAMS = [
  'samples/first-exits/kernel.asm',
  'samples/rings/kernel.asm',
  'src/program/testdata/programs/b.asm',
  'src/program/testdata/programs/p1k.asm',
  'src/program/testdata/language/macros.asm',
  'src/program/testdata/language/preprocessor.asm',
].map((path) => readFileSync(join(ROOT, path), 'utf8').split('\n'));

type Mutation = (lines: string[], random: Random, other: readonly string[]) => void;

const at = (lines: readonly unknown[], random: Random): number => random.below(lines.length);

const MUTATIONS: readonly Mutation[] = [
  (lines, random) => void lines.splice(at(lines, random), 1 + random.below(5)),
  (lines, random) => {
    const from = at(lines, random);
    lines.splice(at(lines, random), 0, ...lines.slice(from, from + 1 + random.below(20)));
  },
  (lines, random, other) => void lines.splice(at(lines, random), 0, other[at(other, random)] ?? ''),
  (lines, random) => {
    const line = at(lines, random);
    const text = lines[line] ?? '';
    const place = random.below(text.length + 1);
    const sign = random.pick([...'()[]{}%,:;$\'"`\\+-*/.0x \t', '', '%%', '%[', '\u0000', '世']);
    lines[line] = text.slice(0, place) + sign + text.slice(place + random.below(3));
  },
  (lines, random) => {
    const [a, b] = [at(lines, random), at(lines, random)];
    [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  },
];

function mutant(seed: number): string {
  const random = new Random(seed);
  const lines = [...random.pick(PROGRAMS)];
  const other = random.pick(PROGRAMS);
  for (let n = random.below(12); n >= 0 && lines.length > 0; n--) {
    random.pick(MUTATIONS)(lines, random, other);
  }
  return lines.join('\n');
}

describe('assembler on mutated programs', function () {
  this.timeout(600_000);

  it(`ends with each of ${COUNT} from seed ${SEED} on`, async () => {
    let refused = 0;
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const start = process.cpuUsage();
      const { diagnostics, image } = await assembleText(mutant(seed));
      const { user, system } = process.cpuUsage(start);
      assert.ok((user + system) / 1000 < LIMIT_MS, `seed ${seed} took ${user / 1000} ms`);
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) refused++;
      assert.equal(image.length > 0 && errors.length > 0, false, `seed ${seed}: image and errors`);
    }
    assert.ok(refused > COUNT / 3, `only ${refused} of ${COUNT} were wrong: little is shown`);
  });
});

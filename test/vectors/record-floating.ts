/**
 * Records what the processor of this machine computes: `npx tsx test/vectors/record-floating.ts` rewrites
 * src/processor/testdata/floating.txt.gz; with `compare` it lists where the library differs instead
 * (in CASES cases of each group, from a SEED).
 * It needs AVX2, FMA, F16C, and AVX-512F for the conversions to whole numbers without sign.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CASES_PER_GROUP,
  casesOf,
  computed,
  GROUPS,
  recorded,
  unitCase,
  type Case,
  type Group,
} from '../../src/processor/floating-point/recorded.testing';
import { digestOf, EXPLICIT_CASES } from './digest';
import { executeUnits } from './units';

const SHOWN = 8;
const COUNT = Number(process.env['CASES'] ?? CASES_PER_GROUP);
const SEED = Number(process.env['SEED'] ?? 0);

function recordGroup(
  group: Group,
  count?: number,
  seed?: number,
): { cases: Case[]; results: string[] } {
  const cases = casesOf(group, count, seed);
  const units = executeUnits(cases.map((each) => unitCase(group, each)));
  return { cases, results: units.map((unit) => recorded(group, unit)) };
}

function compareGroup(group: Group): void {
  const { cases, results } = recordGroup(group, COUNT, SEED);
  const wrong = cases
    .map((each, n) => ({ each, expected: results[n], found: computed(group, each) }))
    .filter(({ expected, found }) => expected !== found);
  if (wrong.length === 0) return;
  process.stdout.write(`${group.name}: ${String(wrong.length)} differ\n`);
  for (const { each, expected, found } of wrong.slice(0, SHOWN)) {
    const { a, b, c, mxcsr } = each;
    const words = [a, b, c, BigInt(mxcsr)].map((value) => value.toString(16));
    process.stdout.write(`  ${words.join(' ')}: ${String(expected)}, not ${found}\n`);
  }
}

function record(): void {
  const lines = GROUPS.map((group) => {
    const { results } = recordGroup(group);
    return [group.name, digestOf(results), ...results.slice(0, EXPLICIT_CASES)].join('\t');
  });
  const file = join(__dirname, '../../src/processor/testdata/floating.txt.gz');
  writeFileSync(file, gzipSync(lines.join('\n'), { level: 9 }));
  process.stdout.write(`${String(lines.length)} groups\n`);
}

if (process.argv.includes('compare')) GROUPS.forEach(compareGroup);
else record();

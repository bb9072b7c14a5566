/**
 * Records what the x87 unit of this machine does: `npx tsx test/vectors/record-x87.ts` rewrites
 * src/processor/testdata/x87.txt.gz; with `compare` it lists where the simulated unit differs instead,
 * with `compare FADD` for mnemonics that begin so
 * (in CASES cases of each form, from a SEED).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CASES_PER_FORM,
  casesOf,
  isTranscendental,
  nearly,
  recorded,
  x87Forms,
  type X87Form,
} from '../../src/processor/x87/recorded.testing';
import { execute, unitProcessor } from '../../src/processor/x87/unit-processor.testing';
import { digestOf } from './digest';
import { executeUnits, type UnitCase, type UnitResult } from './units';

const SHOWN = 3;
const COUNT = Number(process.env['CASES'] ?? CASES_PER_FORM);
const SEED = Number(process.env['SEED'] ?? 0);
/** So many cases of each form are kept as they are, with all registers and the memory. */
const EXPLICIT_FORMS = 2;
const cpu = unitProcessor();

function compareForm(form: X87Form): void {
  const cases = casesOf(form, COUNT, SEED);
  const units = executeUnits(cases);
  const wrong = cases
    .map((each, n) => ({
      each,
      expected: recorded(form, units[n] as UnitResult),
      found: recorded(form, execute(cpu, each)),
    }))
    .filter(({ expected, found }) =>
      isTranscendental(form) ? !nearly(expected, found) : expected !== found,
    );
  if (wrong.length === 0) return;
  process.stdout.write(`${form.name}: ${String(wrong.length)} differ\n`);
  for (const { each, expected, found } of wrong.slice(0, SHOWN)) {
    const before: UnitResult = { ...(each satisfies UnitCase), signal: 0 };
    const code = Buffer.from(each.code).toString('hex');
    process.stdout.write(`  ${code} before ${recorded(form, before)}\n`);
    process.stdout.write(`    expected ${expected}\n    found    ${found}\n`);
  }
}

/** Of a transcendental function the cases in which the simulated unit is one unit off: number and result. */
function differences(form: X87Form, results: readonly string[]): string[] {
  return casesOf(form).flatMap((each, n) => {
    const expected = results[n] ?? '';
    const found = recorded(form, execute(cpu, each));
    return expected === found ? [] : [`${String(n)} ${expected}`];
  });
}

function record(): void {
  const lines = x87Forms().map((form) => {
    const results = executeUnits(casesOf(form)).map((unit) => recorded(form, unit));
    const kept = isTranscendental(form)
      ? differences(form, results)
      : results.slice(0, EXPLICIT_FORMS);
    return [form.name, digestOf(results), ...kept].join('\t');
  });
  const file = join(__dirname, '../../src/processor/testdata/x87.txt.gz');
  writeFileSync(file, gzipSync(lines.join('\n'), { level: 9 }));
  process.stdout.write(`${String(lines.length)} forms\n`);
}

const [action, prefix = ''] = process.argv.slice(2);
if (action === 'compare') {
  x87Forms()
    .filter(({ mnemonic }) => mnemonic.startsWith(prefix))
    .forEach(compareForm);
} else record();

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { digestOf } from '../../../test/vectors/digest';
import {
  casesOf,
  isTranscendental,
  nearly,
  recorded,
  x87Forms,
  type X87Form,
} from './recorded.testing';
import { execute, unitProcessor } from './unit-processor.testing';

/** x87 instructions do here what those of a real processor did (test/vectors/record-x87.ts recorded it). */

const file = join(__dirname, '../testdata/x87.txt.gz');
const record = new Map(
  gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', digest = '', ...kept]) => [name, { digest, kept }]),
);

/** Of 1000 results of a transcendental function so many may be one unit off. */
const MOST_OFF = 100;

describe('recorded x87 instructions', function () {
  this.timeout(120_000);
  const cpu = unitProcessor();
  const resultsOf = (form: X87Form): string[] =>
    casesOf(form).map((each) => recorded(form, execute(cpu, each)));

  for (const form of x87Forms()) {
    it(`${form.name} does what the real one did`, () => {
      const expected = record.get(form.name);
      assert.ok(expected, 'nothing is recorded');
      const results = resultsOf(form);
      if (isTranscendental(form)) {
        assert.ok(expected.kept.length <= MOST_OFF, String(expected.kept.length));
        for (const line of expected.kept) takeOver(results, line);
      } else {
        assert.deepEqual(results.slice(0, expected.kept.length), expected.kept);
      }
      assert.equal(digestOf(results), expected.digest);
    });
  }

  it('are all that there are', () => {
    assert.deepEqual(
      [...record.keys()],
      x87Forms().map(({ name }) => name),
    );
    assert.ok(record.size > 140, String(record.size));
  });
});

/** A recorded result that is one unit off stands for the result here. */
function takeOver(results: string[], line: string): void {
  const space = line.indexOf(' ');
  const number = Number(line.slice(0, space));
  const real = line.slice(space + 1);
  assert.ok(nearly(real, results[number] ?? ''), `${real}, not ${String(results[number])}`);
  results[number] = real;
}

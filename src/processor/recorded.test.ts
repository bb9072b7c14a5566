import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CASES,
  difference,
  Digest,
  FEW,
  stateOf,
  undefinedFlags,
} from '../../test/vectors/outcome';
import { SimulatedProcessor } from '../../test/vectors/simulated-processor';
import { userState } from '../../test/vectors/states';

/**
 * Single instructions do here what a real processor did (test/vectors/record.ts recorded it) in all
 * of its user-mode state. ALL_CASES=1 runs a thousand cases of each instruction instead of some dozens.
 */

const ALL = process.env['ALL_CASES'] === '1';

describe('recorded digests', function () {
  this.timeout(900_000);
  const file = join(__dirname, 'testdata', 'digests.txt.gz');
  const lines = gunzipSync(readFileSync(file)).toString().split('\n');

  it(`are those of ${String(lines.length)} encodings`, () => {
    const cpu = new SimulatedProcessor();
    const wrong: string[] = [];
    lines.forEach((line, number) => {
      const [hex = '', few, all] = line.split(' ');
      const code = Uint8Array.from(Buffer.from(hex, 'hex'));
      const ignored = undefinedFlags(code);
      cpu.load(code);
      const digest = new Digest();
      for (let index = 0; index < (ALL ? CASES : FEW); index++) {
        digest.outcome(cpu.execute(userState(stateOf(number, index))), ignored);
      }
      if (digest.toString() !== (ALL ? all : few)) wrong.push(hex);
    });
    assert.deepEqual(wrong.slice(0, 20), [], `${String(wrong.length)} differ`);
    assert.ok(lines.length > 10_000, 'too few encodings');
  });

  it('come out of the reference evaluator, too', () => {
    const interpreter = new SimulatedProcessor();
    const reference = new SimulatedProcessor('reference');
    lines.forEach((line, number) => {
      if (number % (ALL ? 1 : 6) !== 0) return;
      const [hex = ''] = line.split(' ');
      const code = Uint8Array.from(Buffer.from(hex, 'hex'));
      const state = userState(stateOf(number, CASES));
      interpreter.load(code);
      reference.load(code);
      const found = difference(interpreter.execute(state), reference.execute(state), 0n);
      assert.equal(found, undefined, hex);
    });
  });
});

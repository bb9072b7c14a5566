import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { digestOf } from '../../../test/vectors/digest';
import { casesOf, computed, GROUPS } from './recorded.testing';

/** Every result and every flag is that of a real processor (test/vectors/record-floating.ts recorded it). */

const file = join(__dirname, '../testdata/floating.txt.gz');
const recorded = new Map(
  gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([name = '', digest = '', ...explicit]) => [name, { digest, explicit }]),
);

describe('floating-point arithmetic', function () {
  this.timeout(60_000);
  for (const group of GROUPS) {
    it(`${group.name} computes as a real processor does`, () => {
      const expected = recorded.get(group.name);
      assert.ok(expected, 'nothing is recorded');
      const results = casesOf(group).map((each) => computed(group, each));
      assert.deepEqual(results.slice(0, expected.explicit.length), expected.explicit);
      assert.equal(digestOf(results), expected.digest);
    });
  }

  it('has no group too many in the record', () => {
    assert.deepEqual(
      [...recorded.keys()],
      GROUPS.map(({ name }) => name),
    );
  });
});

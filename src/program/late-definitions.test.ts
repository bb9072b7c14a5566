import assert from 'node:assert/strict';
import { assembleText, messages } from './test-support';

describe('macros that are used before they are defined', () => {
  const told = async (source: string, others = {}): Promise<string> =>
    messages(await assembleText(source, others)).join('\n');

  it('says where a constant, a macro with operands and one without are defined', async () => {
    const source = 'mov ax, LIMIT\nlater 1\nalone\n%define LIMIT 5\n%macro later 1\n%endmacro\n';
    assert.equal(
      await told(`${source}%macro alone 0\n%endmacro`),
      [
        '1:9 error: `LIMIT` is defined only later, in line 4: a macro comes before its first use',
        '2:1 error: `later` is defined only later, in line 5: a macro comes before its first use',
        '3:1 error: `alone` is defined only later, in line 7: a macro comes before its first use',
      ].join('\n'),
    );
  });

  it('says in which file', async () => {
    const files = { 'a.inc': '\n%assign COUNT 3\n' };
    assert.match(await told('db COUNT\n%include "a.inc"', files), /later, in line 2 of a\.inc/);
    assert.match(await told('%if COUNT\n%endif\n%include "a.inc"', files), /later, in line 2 of a/);
  });

  it('says nothing of one that was defined before and taken back', async () => {
    assert.equal(
      await told('%define BEFORE 1\n%undef BEFORE\ndb BEFORE\n'),
      '3:4 error: `BEFORE` is not defined',
    );
  });
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Checks that no instruction of this processor can fail. */
const UNREACHABLE: Readonly<Record<string, string>> = {
  'no-control-register': 'the decoder knows no CR1',
  'not-in-64-bit-mode': 'the decoder knows no INTO in 64-bit code',
  operands: 'the decoder gives no other operands',
  'mov-cs': 'the decoder knows no MOV or POP to CS: these bytes are no instruction',
};

it('every reason of the catalogue has a program that shows it', () => {
  const tests = textOf((name) => name.endsWith('.test.ts'));
  const catalogue = [
    ...textOf((name) => !name.includes('.test')).matchAll(/reason\(\s*'([a-z0-9-]+)'/g),
  ].map(([, check]) => check ?? '');
  assert.ok(catalogue.length > 70);
  const missing = catalogue.filter((check) => !tests.includes(`'${check}',`));
  assert.deepEqual(
    missing.filter((check) => !(check in UNREACHABLE)),
    [],
  );
});

function textOf(wanted: (name: string) => boolean): string {
  return readdirSync(__dirname)
    .filter(wanted)
    .map((name) => readFileSync(join(__dirname, name), 'utf8'))
    .join('\n');
}

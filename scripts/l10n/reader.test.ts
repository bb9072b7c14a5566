import assert from 'node:assert/strict';
import ts from 'typescript';
import { readTexts, type Texts } from './reader';

/** What is read out of one file. */
function read(text: string): Texts {
  const file = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
  const host: ts.CompilerHost = {
    ...ts.createCompilerHost({}),
    getSourceFile: (name) => (name === 'a.ts' ? file : undefined),
  };
  const program = ts.createProgram(['a.ts'], { noLib: true, strict: true }, host);
  return readTexts(program, [file], (name) => ['gloss', 'TABLE'].includes(name));
}

const L10N = 'declare const l10n: { t(text: string, ...values: unknown[]): string };\n';

describe('the reader of texts', () => {
  it('finds what is asked for: literals, joined ones, and all values of a type', () => {
    const { asked, unknown } = read(`${L10N}
      l10n.t('One text');
      vscode.l10n.t('Two ' + 'texts');
      declare const cause: 'not present' | 'read-only';
      l10n.t(cause);`);
    assert.deepEqual([...asked], ['One text', 'Two texts', 'not present', 'read-only']);
    assert.deepEqual(unknown, []);
  });

  it('follows a text to its table', () => {
    const { unknown } = read(`${L10N}
      declare const row: { gloss: string; other: string };
      declare const TABLE: Record<string, string>;
      const { gloss } = row;
      const found = TABLE[gloss] ?? row.gloss;
      l10n.t(row.gloss); l10n.t(gloss); l10n.t(found);
      l10n.t(row.other);`);
    assert.deepEqual(
      unknown.map(({ line, text }) => [line, text]),
      [[8, 'row.other']],
    );
  });

  it('finds texts that stand outside', () => {
    const { outside } = read(`${L10N}
      import { a } from 'not a text';
      type Kind = 'neither this';
      l10n.t('it is translated', 'and this is put in');
      const text = \`\${name} is left over\`;
      const words = ['CR0', 'a-b', 'mov'];
      const reason: 'of a type' | 'another one' = 'of a type';
      const byName = { 'a key': 1 };
      'rip eip'.split(' ');`);
    assert.deepEqual(
      outside.map(({ text }) => text),
      ['and this is put in', '{} is left over'],
    );
  });
});

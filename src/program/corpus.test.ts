import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assemble } from './index';
import { assembleText, hex, messages } from './test-support';

const here = new URL('testdata/', import.meta.url);

/** What NASM 2.16.01 writes differently by habit (testdata's README): a redundant REX.W. */
const HABITS: Readonly<Record<string, string>> = {
  'invpcid rax, [rsp]': '660f38820424',
};

describe('assembler against the reference corpus of NASM 2.16.01', () => {
  const lines = readFileSync(new URL('corpus.tsv', here), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('has the whole corpus', () => {
    assert.equal(lines.length, 442);
  });

  it('writes the same bytes for every line', async () => {
    const wrong: string[] = [];
    for (const line of lines) {
      const [bits = '', source = '', bytes = ''] = line.split('\t');
      const assembly = await assembleText(`bits ${bits}\norg 0\n${source}\n`);
      const wanted = HABITS[source] ?? bytes.trim();
      if (hex(assembly.image) !== wanted)
        wrong.push(
          `${bits} ${source}: ${wanted}, got ${hex(assembly.image)} ${messages(assembly).join()}`,
        );
    }
    assert.deepEqual(wrong, []);
  });

  for (const name of ['b', 'sys', 'p1k']) {
    it(`assembles ${name}.asm to the same image`, async () => {
      const folder = new URL('programs/', here);
      const assembly = await assemble(`${name}.asm`, {
        read: (path) => Promise.resolve(readFileSync(new URL(path, folder))),
      });
      assert.deepEqual(
        assembly.diagnostics.filter((d) => d.severity === 'error'),
        [],
      );
      assert.equal(
        hex(assembly.image),
        readFileSync(new URL(`${name}.bin`, folder)).toString('hex'),
      );
    });
  }

  // Written for this test; the images are what `nasm -f bin` makes of them.
  for (const name of [
    ...['preprocessor', 'instructions', 'macros', 'kernel', 'image', 'sections', 'smartalign'],
  ]) {
    it(`assembles language/${name}.asm to the same image`, async () => {
      const folder = new URL('language/', here);
      const assembly = await assemble(`${name}.asm`, {
        read: (path) => Promise.resolve(readFileSync(new URL(path, folder))),
      });
      assert.deepEqual(
        messages(assembly).filter((m) => m.includes(' error: ')),
        [],
      );
      const wanted = readFileSync(new URL(`${name}.bin`, folder)).toString('hex');
      assert.equal(hex(assembly.image), wanted);
    });
  }
});

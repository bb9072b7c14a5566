import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Diagnostic } from './index';
import { assembleText } from './test-support';

const FILE = new URL('testdata/mistakes.txt', import.meta.url);

/** One mistake: its title, the source, and the messages expected (lines that begin with `=>`). */
interface Mistake {
  readonly title: string;
  readonly source: string[];
  readonly expected: string[];
}

function parse(text: string): Mistake[] {
  return text
    .split(/^--- /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.trimEnd().split('\n');
      return {
        title,
        source: lines.filter((line) => !line.startsWith('=>')),
        expected: lines.filter((line) => line.startsWith('=>')),
      };
    });
}

function render(d: Diagnostic): string {
  const related = (d.related ?? []).map((r) => ` [${r.line}:${r.column} ${r.message}]`).join('');
  return `=> ${d.line}:${d.column}-${d.endColumn} ${d.severity}: ${d.message}${related}`;
}

describe('mistakes that students make', () => {
  const mistakes = parse(readFileSync(FILE, 'utf8'));
  const rendered: string[] = [];

  for (const { title, source, expected } of mistakes) {
    it(title, async () => {
      const assembly = await assembleText(source.join('\n') + '\n');
      const got = assembly.diagnostics.map(render);
      rendered.push([`--- ${title}`, ...source, ...got].join('\n'));
      if (process.env.UPDATE_GOLDEN) return;
      assert.ok(expected.length > 0, 'nothing is expected');
      assert.deepEqual(got, expected);
      const hasErrors = got.some((line) => line.includes(' error: '));
      assert.equal(assembly.image.length === 0, hasErrors);
    });
  }

  it('covers at least forty', () => {
    assert.ok(mistakes.length >= 40);
  });

  after(() => {
    // UPDATE_GOLDEN=1 writes what the assembler says now; read the difference before keeping it.
    if (process.env.UPDATE_GOLDEN) writeFileSync(FILE, rendered.join('\n') + '\n');
  });
});

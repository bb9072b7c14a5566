import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { hasNasm, NasmFolder } from './nasm-reference.testing';
import { assembleText, hex, messages } from './test-support';

const FILE = new URL('testdata/language.txt', import.meta.url);

/** What `%!` sees in the cases. */
const ENVIRONMENT = { RINGSIDE_TEST: 'some value' };

interface Case {
  readonly title: string;
  readonly source: string;
  /** The image that NASM 2.16.01 makes, in hexadecimal. */
  readonly image: string;
}

function parse(text: string): Case[] {
  return text
    .split(/^--- /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.trimEnd().split('\n');
      const source = lines.filter((line) => !line.startsWith('=> ')).join('\n') + '\n';
      const image = lines.find((line) => line.startsWith('=> '))?.slice(3) ?? '';
      return { title, source, image };
    });
}

describe("NASM's language, feature by feature", () => {
  const cases = parse(readFileSync(FILE, 'utf8'));
  const rendered: string[] = [];
  let folder: NasmFolder | undefined;

  before(() => {
    Object.assign(process.env, ENVIRONMENT);
    if (hasNasm) folder = new NasmFolder();
  });

  for (const { title, source, image } of cases) {
    it(title, async () => {
      const reference = folder?.assemble(source);
      if (reference) {
        const complaints = [...reference.complaints].map(([line, text]) => `${line}: ${text}`);
        assert.ok(reference.image, `nasm: ${complaints.join('; ')}`);
        rendered.push(`--- ${title}\n${source}=> ${hex(reference.image)}`);
        if (!process.env.UPDATE_GOLDEN) assert.equal(image, hex(reference.image));
      }
      const assembly = await assembleText(source, {}, { environment: ENVIRONMENT });
      const errors = messages(assembly).filter((m) => m.includes(' error: '));
      assert.deepEqual(errors, []);
      assert.equal(hex(assembly.image), reference?.image ? hex(reference.image) : image);
    });
  }

  after(() => {
    folder?.close();
    // UPDATE_GOLDEN=1 records what the installed NASM makes of the cases.
    if (process.env.UPDATE_GOLDEN && rendered.length === cases.length)
      writeFileSync(FILE, rendered.join('\n') + '\n');
  });
});

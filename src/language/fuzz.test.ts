import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { RenameError } from './index';
import { workspace } from './language.testing';

const SAMPLE = readFileSync(join(__dirname, '../../samples/first-exits/kernel.asm'), 'utf8').split(
  '\n',
);

const WORDS = [
  ...[
    'mov',
    'jmp',
    'db',
    'equ',
    'times',
    'section',
    'struc',
    'endstruc',
    'bits',
    'eax',
    'rax',
    'cr0',
  ],
  ...[
    '%macro m 1-2+',
    '%endmacro',
    '%if 0',
    '%else',
    '%endif',
    '%define a(b) b',
    '%rep 2',
    '%endrep',
  ],
  ...[
    '%1',
    '%%x',
    '%$y',
    '%[a]',
    '%+',
    '%include "main.asm"',
    'label:',
    '.local:',
    '.local',
    'label',
  ],
  ...[
    '[',
    ']',
    '(',
    ')',
    ',',
    ':',
    '"',
    "'",
    '`',
    ';',
    '\\',
    '+',
    '$',
    '$$',
    '0x10',
    '1',
    '{',
    '}',
    '\u00e4',
  ],
];

/** Lines of a real program, some of them torn, between words in no order. */
const source = fc
  .array(
    fc.oneof(
      fc.constantFrom(...SAMPLE),
      fc.tuple(fc.constantFrom(...SAMPLE), fc.nat(60)).map(([line, at]) => line.slice(0, at)),
      fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((words) => words.join(' ')),
    ),
    { maxLength: 30 },
  )
  .map((lines) => lines.join('\n'));

const FORMAT = {
  mnemonicColumn: 0,
  operandColumn: 0,
  commentColumn: 0,
  spaceAfterComma: true,
  tabSize: 8,
  insertSpaces: true,
};

describe('the language service on any text', function () {
  this.timeout(300_000);

  it('answers every question', () =>
    fc.assert(
      fc.asyncProperty(source, fc.nat(30), fc.nat(50), async (text, line, character) => {
        const service = workspace({ 'main.asm': text });
        service.set('main.asm', text);
        const at = { line, character };
        await service.problems('main.asm');
        await service.hover('main.asm', at);
        await service.completions('main.asm', at);
        await service.signature('main.asm', at, true);
        await service.definitions('main.asm', at);
        await service.references('main.asm', at, true);
        await service.highlights('main.asm', at);
        await service.outline('main.asm');
        await service.semanticTokens('main.asm');
        await service.folds('main.asm');
        await service.links('main.asm');
        await service.workspaceSymbols('a');
        try {
          await service.rename('main.asm', at, 'fresh_name');
        } catch (error) {
          assert.ok(error instanceof RenameError, String(error));
        }
      }),
      { numRuns: 150 },
    ));

  it('gives places that are in the text', () =>
    fc.assert(
      fc.asyncProperty(source, async (text) => {
        const service = workspace({ 'main.asm': text });
        service.set('main.asm', text);
        const lines = text.split('\n');
        for (const { line, character, length } of await service.semanticTokens('main.asm'))
          assert.ok(character + length <= (lines[line] ?? '').length);
        for (const { start, end } of await service.folds('main.asm'))
          assert.ok(start < end && end < lines.length);
      }),
      { numRuns: 100 },
    ));

  it('formats without changing more than blanks, and nothing the second time', () =>
    fc.assert(
      fc.asyncProperty(source, async (text) => {
        const service = workspace({ 'main.asm': text });
        service.set('main.asm', text);
        const lines = text.split('\n');
        for (const edit of await service.format('main.asm', FORMAT)) {
          const { line } = edit.range.start;
          assert.equal(edit.text.replace(/\s/g, ''), (lines[line] ?? '').replace(/\s/g, ''));
          lines[line] = edit.text;
        }
        const once = lines.join('\n');
        service.set('main.asm', once);
        assert.deepEqual(await service.format('main.asm', FORMAT), [], once);
      }),
      { numRuns: 150 },
    ));
});

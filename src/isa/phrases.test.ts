import assert from 'node:assert/strict';
import * as l10n from '@vscode/l10n';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauses, labelled, listed, thenSentence, withNote } from './phrases';

const BUNDLE = join(__dirname, '../../l10n/bundle.l10n.zh-cn.json');

/** What all of them make of the same words, in the language that is set. */
const joined = (): string[] => [
  listed(['CF', '', 'ZF']),
  clauses('', 'write', 'R', ''),
  thenSentence('one', 'Two.'),
  thenSentence('one', ''),
  withNote('CPUID', 'leaf 1'),
  withNote('CPUID', ''),
  labelled('MSR', '0x48'),
];

describe('phrases', () => {
  afterEach(() => {
    l10n.config({ contents: {} });
  });

  it('are punctuated as in English, and empty texts leave nothing behind', () => {
    assert.deepEqual(joined(), [
      'CF, ZF',
      'write, R',
      'one. Two.',
      'one',
      'CPUID (leaf 1)',
      'CPUID',
      'MSR: 0x48',
    ]);
  });

  it('are punctuated as in Chinese when the bundle is Chinese', () => {
    l10n.config({ contents: readFileSync(BUNDLE, 'utf8') });
    assert.deepEqual(joined(), [
      'CF、ZF',
      'write，R',
      'one。Two.',
      'one',
      'CPUID（leaf 1）',
      'CPUID',
      'MSR：0x48',
    ]);
  });
});

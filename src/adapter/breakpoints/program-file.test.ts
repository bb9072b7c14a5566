import assert from 'node:assert/strict';
import type { SourceFiles } from '../../program';
import { programFile } from './resolve-breakpoint';

describe('a file of the program by the path of a client', () => {
  const source: SourceFiles = {
    read: () => Promise.reject(new Error('not read')),
    identity: (path) => path.replace('/link/', '/real/').replace('/sub/..', ''),
  };
  const find = (files: string[], path: string | undefined): string | undefined =>
    programFile(source, files, path);

  it('is found under every name', () => {
    assert.equal(find(['/p/k.asm'], '/p/k.asm'), '/p/k.asm');
    assert.equal(find(['/p/sub/../k.asm'], '/p/k.asm'), '/p/sub/../k.asm');
    assert.equal(find(['/p/link/k.asm'], '/p/real/k.asm'), '/p/link/k.asm');
    assert.equal(find(['/p/real/k.asm'], '/p/link/k.asm'), '/p/real/k.asm');
    assert.equal(find(['C:\\p\\K.ASM'], 'c:\\p\\k.asm'), 'C:\\p\\K.ASM');
  });

  it('is not another file of the same name', () => {
    assert.equal(find(['/p/k.asm'], '/q/k.asm'), undefined);
    assert.equal(find(['/p/k.asm'], undefined), undefined);
  });
});

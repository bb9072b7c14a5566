import assert from 'node:assert/strict';
import { fileIdentity, plainName } from './file-identity';
import { assemble, type SourceFiles } from './index';
import { memoryFiles } from './test-support';

describe('the identity of a file', () => {
  it('is its name without detours, unless the file system knows better', () => {
    const files = memoryFiles({});
    assert.equal(fileIdentity(files, '/a/sub/../k.asm'), '/a/k.asm');
    assert.equal(fileIdentity(files, 'C:\\a\\.\\k.asm'), 'C:/a/k.asm');
    assert.equal(fileIdentity(files, 'vscode-vfs://x/a/b/../k.asm'), 'vscode-vfs://x/a/k.asm');
    const links = { ...files, identity: () => '/real' };
    assert.equal(fileIdentity(links, '/a/link'), '/real');
  });

  it('tells whether a detour can be left out', () => {
    const files = memoryFiles({});
    assert.equal(plainName(files, '/a/sub/../k.asm'), '/a/k.asm');
    const behindLink = { ...files, identity: (path: string) => path.replace('/a/sub/..', '/b') };
    assert.equal(plainName(behindLink, '/a/sub/../k.asm'), '/a/sub/../k.asm');
  });

  it('makes one file of all names under which a program reads it', async () => {
    const files: SourceFiles = {
      ...memoryFiles({
        '/p/sub/../k.asm': '%require "link.inc"\n%require "real.inc"\n%include "k.asm"\n',
        '/p/k.asm': 'this is the main file under another name',
        '/p/link.inc': '%ifdef TWICE\ndb 2\n%else\n%define TWICE\ndb 1\n%endif\n',
        '/p/real.inc': 'db 3',
      }),
      identity: (path) => path.replace('link', 'real').replace('sub/../', ''),
    };
    const { files: read, lines } = await assemble('/p/sub/../k.asm', files);
    assert.deepEqual(read, ['/p/sub/../k.asm', '/p/link.inc']);
    for (const { chain } of lines.entries)
      for (const { file } of chain) assert.ok(read.includes(file), file);
  });
});

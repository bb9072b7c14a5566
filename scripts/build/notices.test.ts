import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notices, packagesOf, undeclared } from './notices';

describe('notices of what is bundled', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'notices-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function install(name: string, manifest: object, files: Record<string, string> = {}): void {
    const folder = join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, ...manifest }));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  }

  it('are those of the packages that the files belong to, each once', () => {
    const files = ['src/a.ts', 'node_modules/one/a.js', 'node_modules/@two/b/c.js'];
    assert.deepEqual(
      packagesOf([...files, 'node_modules/one/b.js', 'node_modules/one/node_modules/three/a.js']),
      ['node_modules/@two/b', 'node_modules/one', 'node_modules/one/node_modules/three'],
    );
  });

  it('have the text of the licence, and what the package itself passes on', () => {
    install(
      'one',
      { version: '1.2.3', license: 'MIT', repository: { url: 'git+https://one.test/one.git' } },
      { 'LICENSE.txt': 'One’s licence\r\n', 'thirdpartynotices.txt': 'of others' },
    );
    install('two', { version: '2.0.0', license: 'MIT', author: 'Two' });
    const text = notices(['node_modules/one', 'node_modules/two'], root);
    assert.match(
      text,
      /one 1\.2\.3 \(MIT\)\nhttps:\/\/one\.test\/one\n\nOne’s licence\n\nof others/,
    );
    assert.match(
      text,
      /two 2\.0\.0 \(MIT\)\n\nCopyright \(c\) Two\n\nPermission is hereby granted/,
    );
  });

  it('are refused where a licence is unknown or has no text', () => {
    install('closed', { version: '1.0.0', license: 'UNLICENSED' });
    install('bare', { version: '1.0.0', license: 'ISC' });
    assert.throws(
      () => notices(['node_modules/closed'], root),
      /closed has the licence UNLICENSED/,
    );
    assert.throws(() => notices(['node_modules/bare'], root), /bare brings no text/);
  });

  it('need packages that are not there for development alone', () => {
    const lock = { packages: { 'node_modules/one': {}, 'node_modules/two': { dev: true } } };
    assert.deepEqual(
      undeclared(
        ['node_modules/one', 'node_modules/two', 'node_modules/three'],
        JSON.stringify(lock),
      ),
      ['node_modules/two', 'node_modules/three'],
    );
  });
});

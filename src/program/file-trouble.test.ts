import assert from 'node:assert/strict';
import { textTrouble } from './file-trouble';
import { FileTrouble, type FilePart, type SourceFiles } from './source-files';
import { assembleText, memoryFiles, messages } from './test-support';
import { assemble } from './index';

/** Files of which one is in trouble. */
const troubled = (trouble: FileTrouble, main: string): SourceFiles => {
  const files = memoryFiles({ 'main.asm': main });
  return {
    read: (path) => (path === 'odd' ? Promise.reject(trouble) : files.read(path)),
  };
};

describe('files that cannot be read', () => {
  const CASES: readonly (readonly [FileTrouble, RegExp])[] = [
    [new FileTrouble('missing'), /the file 'odd' was not found/],
    [new FileTrouble('folder'), /'odd' is a folder/],
    [new FileTrouble('device'), /'odd' is a device/],
    [new FileTrouble('pipe'), /'odd' is a pipe/],
    [new FileTrouble('socket'), /'odd' is a socket/],
    [new FileTrouble('link-loop'), /'odd' is a link that leads back/],
    [new FileTrouble('no-permission'), /no permission to read 'odd'/],
    [new FileTrouble('too-large', 2 ** 26), /'odd' is too large: at most 64 MB/],
    [new FileTrouble('other', 'EIO'), /'odd' cannot be read \(EIO\)/],
  ];

  for (const [trouble, told] of CASES)
    it(`${trouble.kind}: told where the file is named, by %include and by incbin`, async () => {
      for (const line of ['%include "odd"', 'incbin   "odd"', 'incbin   "odd", 1, 2']) {
        const { diagnostics } = await assemble('main.asm', troubled(trouble, `\n${line}\n`));
        assert.equal(diagnostics.length, 1, line);
        assert.deepEqual([diagnostics[0]?.line, diagnostics[0]?.column], [2, 10]);
        assert.match(diagnostics[0]?.message ?? '', told);
      }
    });

  it('goes on to the next folder, and tells of the first that is more than missing', async () => {
    const options = { includeDirs: ['there', 'elsewhere'] };
    const folder = new FileTrouble('folder');
    const files = (others: Readonly<Record<string, string>>): SourceFiles => {
      const known = memoryFiles({ 'main.asm': '%include "a"', ...others });
      return { read: (path) => (path === 'there/a' ? Promise.reject(folder) : known.read(path)) };
    };
    const found = await assemble('main.asm', files({ 'elsewhere/a': 'db 7' }), options);
    assert.deepEqual([...found.image], [7]);
    assert.match(messages(await assemble('main.asm', files({}), options))[0] ?? '', /folder/);
  });

  it('binary files, UTF-16 and huge texts are no sources', () => {
    assert.equal(textTrouble(Uint8Array.of(0x41, 0, 0x42))?.kind, 'binary');
    assert.equal(textTrouble(Uint8Array.of(0xff, 0xfe, 0x41, 0))?.kind, 'utf-16');
    assert.equal(textTrouble(new Uint8Array(17 * 2 ** 20).fill(32))?.kind, 'too-large');
    assert.equal(textTrouble(new TextEncoder().encode('db "é"')), undefined);
  });

  it('a binary file is told of as main file and as included one', async () => {
    const main = await assembleText('db 1\0');
    assert.match(messages(main).join(), /^1:1 error: 'main\.asm' is a binary file/);
    const part = await assembleText('%include "x"', { x: Uint8Array.of(0, 1) });
    assert.match(messages(part).join(), /^1:10 error: 'x' is a binary file/);
  });
});

describe('parts of files', () => {
  const TEN = Uint8Array.from({ length: 10 }, (_, i) => i);

  it('only what is wanted is read where the host can', async () => {
    const parts: FilePart[] = [];
    const files: SourceFiles = {
      ...memoryFiles({ 'main.asm': 'incbin "ten", 2, 3\nincbin "ten", 8\nincbin "ten", 2, 3' }),
      readPart: (_, part) => {
        parts.push(part);
        const { offset, length = 10 } = part;
        return Promise.resolve(TEN.subarray(offset, offset + length));
      },
    };
    const { image, files: read } = await assemble('main.asm', files);
    assert.deepEqual([...image], [2, 3, 4, 8, 9, 2, 3, 4]);
    assert.deepEqual(parts, [
      { offset: 2, length: 3 },
      { offset: 8, length: undefined },
    ]);
    assert.deepEqual(read, ['main.asm', 'ten']);
  });

  it('elsewhere they are cut out of the whole', async () => {
    const source = 'incbin "ten", 9, 5\nincbin "ten", 20\nincbin "ten", 0, 0\nincbin "ten", 1, 1';
    assert.deepEqual([...(await assembleText(source, { ten: TEN })).image], [9, 1]);
    const negative = await assembleText('incbin "ten", -1', { ten: TEN });
    assert.match(messages(negative).join(), /negative/);
  });
});

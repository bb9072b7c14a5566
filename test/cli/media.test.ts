import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isoImage } from '../../src/session/boot/iso.testing';
import { assembleText } from '../../src/session';
import { commandLine } from '../transcripts/cli-bundle';

/** Writes a sector of 5A to sector 5 of the drive that was booted, then `end`. */
const writer = (end: string): string => `
        org 0x7c00
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov di, 0x9000
        mov cx, 512
        mov al, 0x5a
        rep stosb
        mov ax, 0x0301
        mov cx, 5
        mov dh, 0
        mov bx, 0x9000
        int 0x13
        mov al, ah
        ${end}
        times 510 - ($ - $$) db 0
        dw 0xaa55`;
const EXIT = 'out 0xf4, al';
const FOR_EVER = 'out 0xe9, al\n jmp $';

describe('media of the command line', function () {
  this.timeout(120_000);
  let cli = '';
  let folder = '';
  let disk: Uint8Array;

  before(async () => {
    cli = await commandLine();
    folder = mkdtempSync(join(tmpdir(), 'ringside-media-'));
    disk = await image(EXIT);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const image = async (end: string): Promise<Uint8Array> => {
    const bytes = new Uint8Array(64 * 512);
    bytes.set((await assembleText(writer(end))).image);
    return bytes;
  };
  const put = (name: string, bytes: Uint8Array | string): string => {
    writeFileSync(join(folder, name), bytes);
    return name;
  };
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
  const run = (...args: string[]): { status: number | null; stderr: string } =>
    spawnSync(process.execPath, [cli, 'run', ...args], { cwd: folder, encoding: 'utf8' });
  const written = (): Uint8Array => {
    const bytes = disk.slice();
    bytes.fill(0x5a, 4 * 512, 5 * 512);
    return bytes;
  };

  for (const way of [['a.img'], ['--disk', 'a.img'], ['--floppy', 'a.img']]) {
    it(`${way.join(' ')}: written only with --writable`, () => {
      put('a.img', disk);
      assert.equal(run(...way).status, 1);
      assert.deepEqual(read('a.img'), disk);
      assert.equal(run(...way, '--writable').status, 1);
      assert.deepEqual(read('a.img'), written());
    });
  }

  it('a link stays, and the mode of the file', () => {
    put('real.img', disk);
    chmodSync(join(folder, 'real.img'), 0o640);
    rmSync(join(folder, 'link.img'), { force: true });
    symlinkSync('real.img', join(folder, 'link.img'));
    assert.equal(run('link.img', '--writable').status, 1);
    assert.ok(lstatSync(join(folder, 'link.img')).isSymbolicLink());
    assert.deepEqual(read('real.img'), written());
    assert.equal(statSync(join(folder, 'real.img')).mode & 0o777, 0o640);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('a floppy disk image grows up to what was written', () => {
    put('small.img', disk.slice(0, 512));
    assert.equal(run('--floppy', 'small.img', '--writable').status, 1);
    assert.deepEqual(read('small.img'), written().slice(0, 5 * 512));
  });

  it('what cannot be written is refused before the run', () => {
    put('boot.asm', writer(EXIT));
    put('a.img', disk);
    const refused: [string[], RegExp][] = [
      [['boot.asm', '--writable'], /--writable: a disk that is assembled/],
      [['--cdrom', put('c.iso', isoImage({ image: disk })), '--writable'], /no disk/],
      [['a.img', '--disk', 'a.img', '--writable'], /a\.img is in two drives/],
    ];
    for (const [args, message] of refused) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });

  it('what was written is kept when the run is broken off', async () => {
    put('a.img', await image(FOR_EVER));
    const child = spawn(process.execPath, [cli, 'run', 'a.img', '--writable'], { cwd: folder });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    const status = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(status, 130);
    assert.equal(read('a.img')[4 * 512], 0x5a);
  });

  it('what was changed meanwhile is not overwritten', async () => {
    put('a.img', await image(FOR_EVER));
    const child = spawn(process.execPath, [cli, 'run', 'a.img', '--writable'], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    put('a.img', disk);
    child.kill('SIGTERM');
    assert.equal(await new Promise((resolve) => child.once('exit', resolve)), 143);
    assert.match(stderr, /a\.img was not written: it has been changed/);
    assert.deepEqual(read('a.img'), disk);
  });

  it('a CD is booted, as IMAGE or beside it; what is wrong is told with the file', () => {
    const code = Uint8Array.from([0xb0, 9, 0xe6, 0xf4]); // mov al, 9 / out 0xf4, al
    put('c.iso', isoImage({ image: code }));
    assert.equal(run('c.iso').status, 19);
    assert.equal(run('--cdrom', 'c.iso').status, 19);
    put('plain.iso', isoImage(undefined));
    put('odd.img', new Uint8Array(700));
    put('huge.img', new Uint8Array(3 << 20));
    put('empty.img', '');
    const wrong: [string[], RegExp][] = [
      [['plain.iso'], /plain\.iso: the CD cannot be booted: it has no boot record/],
      [['--floppy', 'odd.img'], /odd\.img: .*700 bytes/],
      [['--floppy', 'huge.img'], /huge\.img: .*3145728 bytes/],
      [['--floppy', 'empty.img'], /empty\.img: the file is empty/],
      [['--cdrom', 'missing.iso'], /missing\.iso: no such file/],
      [['c.iso', '--cdrom', 'c.iso'], /second CD/],
    ];
    for (const [args, message] of wrong) {
      const { status, stderr } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, message);
    }
  });
});

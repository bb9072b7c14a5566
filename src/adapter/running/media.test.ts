import assert from 'node:assert/strict';
import { assembleText, type ImageFiles } from '../../session';
import { Emulation, isoImage } from '../../session/boot/iso.testing';
import { FileTrouble } from '../../program';
import { InlineClient } from '../inline-client.testing';

/** Writes a sector of 5A to sector 5 of the drive that was booted, and ends or goes round. */
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
${end}
        times 510 - ($ - $$) db 0
        dw 0xaa55`;
const EXIT = ' out 0xf4, al';

describe('media of a launch configuration', () => {
  let files: Map<string, Uint8Array>;
  let obstacles: Map<string, string>;
  let disk: Uint8Array;

  beforeEach(async () => {
    disk = new Uint8Array(64 * 512);
    disk.set((await assembleText(writer(EXIT))).image);
    const text = new TextEncoder().encode(writer(EXIT));
    files = new Map([
      ['/a.img', disk],
      ['/boot.asm', text],
    ]);
    obstacles = new Map();
  });

  const images: ImageFiles = {
    obstacle: (path) => Promise.resolve(obstacles.get(path)),
    identity: (path) => Promise.resolve(path),
    replace: (path, before, after) => {
      if (Buffer.compare(files.get(path) ?? before, before) !== 0)
        return Promise.resolve('changed');
      files.set(path, after);
      return Promise.resolve(undefined);
    },
  };
  const open = (canWrite = true): InlineClient =>
    new InlineClient(
      {},
      {
        files: {
          read: (path) => {
            const bytes = files.get(path);
            return bytes ? Promise.resolve(bytes) : Promise.reject(new FileTrouble('missing'));
          },
        },
        ...(canWrite && { images }),
      },
    );
  const launch = async (client: InlineClient, attributes: object): Promise<void> => {
    await client.ask('initialize', { adapterID: 'ringside' });
    const launched = client.send('launch', { memory: '2M', ...attributes });
    const failed = launched.then((response) => {
      if (!response.success) throw new Error(response.message);
    });
    await Promise.race([client.event('initialized'), failed]);
    await client.ask('configurationDone');
    await client.event('stopped');
  };
  const toEnd = async (client: InlineClient): Promise<number> => {
    await client.ask('continue', { threadId: 1 });
    const { exitCode } = await client.event<{ exitCode: number }>('exited');
    await client.event('terminated');
    await client.ask('disconnect');
    return exitCode;
  };
  const isWritten = (path = '/a.img'): boolean => files.get(path)?.[4 * 512] === 0x5a;

  for (const attributes of [
    { program: '/a.img' },
    { disk: '/a.img' },
    { floppy: '/a.img' },
    { floppy: ['/a.img', '/boot.asm'] },
  ]) {
    it(`are never written by themselves: ${JSON.stringify(attributes)}`, async () => {
      const client = open();
      await launch(client, attributes);
      assert.equal((await toEnd(client)) & 1, 1);
      assert.ok(!isWritten());
    });
  }

  it('are written at the end of a session with "writable"', async () => {
    for (const attributes of [{ program: '/a.img' }, { disk: '/a.img' }, { floppy: ['/a.img'] }]) {
      files.set('/a.img', disk);
      const client = open();
      await launch(client, { ...attributes, writable: true });
      await toEnd(client);
      assert.ok(isWritten(), JSON.stringify(attributes));
    }
  });

  it('also when the client takes its leave, or begins anew', async () => {
    for (const command of ['disconnect', 'terminate', 'restart']) {
      const endless = new Uint8Array(64 * 512);
      endless.set((await assembleText(writer(' nop\nstop: jmp stop'))).image);
      files.set('/a.img', endless);
      const client = open();
      await launch(client, { program: '/a.img', writable: true });
      await client.ask('continue', { threadId: 1 });
      for (let n = 0; n < 20; n++) await new Promise((resolve) => setTimeout(resolve, 10));
      await client.ask(command);
      if (command === 'terminate') await client.event('terminated');
      assert.ok(isWritten(), command);
      await client.send('disconnect');
    }
  });

  it('are refused where they could not be written', async () => {
    const refused = async (
      client: InlineClient,
      attributes: object,
      why: RegExp,
    ): Promise<void> => {
      await assert.rejects(launch(client, { writable: true, ...attributes }), why);
    };
    await refused(open(false), { program: '/a.img' }, /cannot be written here/);
    await refused(open(), { program: '/boot.asm' }, /assembled/);
    await refused(open(), { disk: ['/a.img', '/a.img'] }, /put together/);
    await refused(open(), { program: '/a.img', floppy: '/a.img' }, /two drives/);
    obstacles.set('/a.img', 'EACCES');
    await refused(open(), { program: '/a.img' }, /\/a\.img cannot be written \(EACCES\)/);
    assert.ok(!isWritten());
  });

  it('that have been changed meanwhile stay as they are, which is told', async () => {
    const client = open();
    await launch(client, { program: '/a.img', writable: true });
    files.set('/a.img', new Uint8Array(512).fill(1));
    await client.ask('continue', { threadId: 1 });
    for (;;) {
      const { output } = await client.event<{ output: string }>('output');
      if (/a\.img was not written.*changed/.test(output)) break;
    }
    await client.event('terminated');
    assert.equal(files.get('/a.img')?.length, 512);
  });

  it('can be assembled: a floppy disk with its source and lines', async () => {
    const client = open();
    await launch(client, { floppy: [{ program: '/boot.asm' }] });
    assert.equal((await client.topFrame()).source?.path, '/boot.asm');
    await client.ask('disconnect');
  });

  it('can be CDs, whatever they are given as', async () => {
    files.set('/c.iso', isoImage({ image: disk, emulation: Emulation.FLOPPY_1440 }));
    for (const attributes of [{ cdrom: '/c.iso' }, { program: '/c.iso' }]) {
      const client = open();
      await launch(client, attributes);
      assert.equal(await client.evaluate('dl'), '0x0');
      await client.ask('disconnect');
    }
    files.set('/plain.iso', isoImage(undefined));
    await assert.rejects(launch(open(), { cdrom: '/plain.iso' }), /plain\.iso.*no boot record/);
  });
});

import assert from 'node:assert/strict';
import { Machine } from './machine';
import { bootImageFrom } from './boot/boot';
import { WritableImages, type ImageFiles } from './written-images';

const BOOT = Uint8Array.from({ length: 2048 }, (_, n) => ({ 510: 0x55, 511: 0xaa })[n] ?? 0);
const FILLED = new Uint8Array(512).fill(0x5a);

/** Files in a map; identities are names in lower case. */
const filesIn = (map: Map<string, Uint8Array>, codes: Record<string, string> = {}): ImageFiles => ({
  obstacle: (path) => Promise.resolve(codes[path]),
  identity: (path) => Promise.resolve(path.toLowerCase()),
  replace: (path, before, after) => {
    if (Buffer.compare(map.get(path) ?? before, before) !== 0) return Promise.resolve('changed');
    map.set(path, after);
    return Promise.resolve(undefined);
  },
});

describe('images that are written in the end', () => {
  const disk = BOOT;
  const floppy = new Uint8Array(1024);
  const named = [
    { name: 'a', bytes: disk },
    { name: 'b', bytes: floppy },
  ];
  const boot = () => bootImageFrom(disk, { name: 'a', memory: 2 << 20, floppies: named.slice(1) });

  it('are refused as a value, before the guest is started', async () => {
    const image = await boot();
    const ask = (files: typeof named, codes?: Record<string, string>) =>
      WritableImages.of(image, files, filesIn(new Map(), codes));
    assert.deepEqual(await ask(named.slice(1)), { kind: 'no-file' });
    assert.deepEqual(await ask(named, { b: 'EACCES' }), {
      ...{ kind: 'not-writable', name: 'b', code: 'EACCES' },
    });
    const twice = [
      { name: 'a', bytes: disk },
      { name: 'A', bytes: floppy },
    ];
    assert.deepEqual(await ask(twice), { kind: 'two-drives', name: 'A' });
  });

  it('hold what the guest has written by then, also where it has taken it back', async () => {
    const image = await boot();
    const machine = new Machine(image, { monitor: 'none', memory: 2 << 20 });
    const map = new Map(named.map(({ name, bytes }) => [name, bytes] as const));
    const images = await WritableImages.of(image, named, filesIn(map));
    assert.ok(images instanceof WritableImages);
    const [drive] = machine.platform.floppies;
    assert.ok(drive);
    drive.write(2, FILLED);
    const before = images.collect(machine);
    drive.write(2, new Uint8Array(512));
    assert.deepEqual(await before(), []);
    assert.deepEqual([map.get('a'), map.get('b')?.length], [disk, 1536]);
    assert.deepEqual(await images.collect(machine)(), []);
    assert.deepEqual(map.get('b'), floppy);
    map.set('b', FILLED);
    drive.write(1, FILLED);
    assert.deepEqual(await images.collect(machine)(), [{ name: 'b', code: 'changed' }]);
  });
});

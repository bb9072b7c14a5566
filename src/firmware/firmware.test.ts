import assert from 'node:assert/strict';
import { loadFirmware, ROMS, type AssembledRom } from './firmware';
import { packed, unpacked } from './packed';

async function rom(name: AssembledRom['name']): Promise<AssembledRom> {
  const found = (await loadFirmware()).roms.find((each) => each.name === name);
  assert.ok(found);
  return found;
}

describe('firmware', () => {
  it('fills its ROMs', async () => {
    const { roms } = await loadFirmware();
    assert.deepEqual(
      roms.map(({ bytes }) => bytes.length),
      ROMS.map(({ size }) => size),
    );
  });

  it('begins at the reset vector, and says that it is an AT', async () => {
    const { bytes, assembly } = await rom('bios');
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    assert.equal(bytes[0xfff0], 0xea);
    assert.equal(view.getUint16(0xfff3, true), 0xf000);
    const start = assembly.symbols.get('power_on')?.value;
    assert.equal(BigInt(view.getUint16(0xfff1, true)), start);
    assert.match(String.fromCharCode(...bytes.subarray(0xfff5, 0xfffd)), /^\d\d\/\d\d\/\d\d$/);
    assert.equal(bytes[0xfffe], 0xfc);
  });

  it('has a video ROM that the scan for option ROMs takes', async () => {
    const { bytes } = await rom('video');
    assert.deepEqual([...bytes.subarray(0, 2)], [0x55, 0xaa]);
    assert.equal((bytes[2] ?? 0) * 512, bytes.length);
  });

  it('has checksums', async () => {
    for (const { bytes } of (await loadFirmware()).roms)
      assert.equal(
        bytes.reduce((total, byte) => (total + byte) & 0xff, 0),
        0,
      );
  });

  it('tells where each byte lies and which source it came from', async () => {
    const { assembly } = await rom('bios');
    const { sources } = await loadFirmware();
    const entry = assembly.lines.atLoad(0xffff0n);
    assert.equal(entry?.address, 0xfff0n);
    const place = entry.chain[0];
    assert.ok(place);
    assert.match(sources[place.file]?.split('\n')[place.line - 1] ?? '', /jmp 0xf000:power_on/);
  });

  it('is the same when the build has packed it', async () => {
    const { roms } = await loadFirmware();
    for (const { assembly } of roms) {
      const again = unpacked(structuredClone(packed(assembly)));
      assert.deepEqual(again.image, assembly.image);
      assert.deepEqual(again.lines.entries, assembly.lines.entries);
      assert.deepEqual(again.symbols.all, assembly.symbols.all);
    }
  });
});

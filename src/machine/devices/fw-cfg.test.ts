import assert from 'node:assert/strict';
import { FwCfg } from './fw-cfg';

function setUp(memory = 64 << 20, videoRom?: Uint8Array) {
  const ram = new Uint8Array(0x1000);
  const bus = {
    read: (address: number, length: number) => {
      const bytes = new Uint8Array(length);
      bytes.set(ram.subarray(address, address + length));
      return bytes;
    },
    write: (address: number, bytes: Uint8Array) => {
      ram.set(bytes.subarray(0, Math.max(0, ram.length - address)), Math.min(address, ram.length));
    },
  };
  const device = new FwCfg({ memory, bus, videoRom });
  const item = (number: number, length: number) => {
    device.writePort(0x510, 2, number);
    return Array.from({ length }, () => device.readPort(0x511, 1));
  };
  return { device, item, ram };
}

const characters = (bytes: readonly number[]): string => String.fromCharCode(...bytes);

describe('fw_cfg', () => {
  it('says that it is there, with DMA', () => {
    const { item } = setUp();
    assert.equal(characters(item(0, 4)), 'QEMU');
    assert.deepEqual(item(1, 5), [3, 0, 0, 0, 0]);
  });

  it('tells of memory and processors', () => {
    const { item } = setUp();
    assert.deepEqual(item(3, 8), [0, 0, 0, 4, 0, 0, 0, 0]);
    assert.deepEqual(item(5, 2), [1, 0]);
    assert.deepEqual(item(15, 2), [1, 0]);
  });

  it('lists its files', () => {
    const { item } = setUp();
    const list = item(0x19, 68);
    assert.deepEqual(list.slice(0, 10), [0, 0, 0, 2, 0, 0, 0, 20, 0, 0x20]);
    assert.equal(characters(list.slice(12)).replace(/\0+$/, ''), 'etc/e820');
    const map = item(0x20, 20);
    assert.deepEqual(map, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0]);
    assert.deepEqual(setUp(0).item(0x19, 4), [0, 0, 0, 1]);
  });

  it('has zeros where nothing is, and takes no data', () => {
    const { device, item } = setUp();
    assert.deepEqual(item(8, 4), [0, 0, 0, 0]); // no kernel
    assert.deepEqual(item(0xffff, 2), [0, 0]);
    device.writePort(0x510, 2, 0);
    device.writePort(0x511, 1, 0x55);
    device.writePort(0x510, 1, 0x19);
    assert.equal(device.readPort(0x510, 1), 0x51);
    assert.equal(device.readPort(0x510, 2), 0);
  });

  it('goes on from a snapshot', () => {
    const { device, item } = setUp();
    item(0, 2);
    const other = setUp().device;
    other.restore(device.save());
    assert.equal(other.readPort(0x511, 1), 0x4d);
  });

  const words = (...values: number[]): Uint8Array => {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, n) => {
      view.setUint32(4 * n, value);
    });
    return new Uint8Array(view.buffer);
  };

  it('puts items into memory', () => {
    const { device, ram } = setUp(64 << 20, Uint8Array.of(0x55, 0xaa, 1));
    const request = (...values: number[]): void => {
      ram.set(words(...values), 0x100);
      device.writePort(0x514, 4, 0);
      device.writePort(0x518, 4, 0x0001_0000); // 100h, big-endian
    };
    assert.equal(device.readPort(0x514, 4), 0x554d_4551); // QEMU
    assert.equal(device.readPort(0x518, 4), 0x4746_4320); // CFG
    request(0x0019_000a, 4, 0, 0x200);
    assert.deepEqual([...ram.slice(0x200, 0x204)], [0, 0, 0, 3]);
    assert.deepEqual([...ram.slice(0x100, 0x104)], [0, 0, 0, 0]);
    request(4, 64, 0, 0); // the first file is passed over
    request(2, 30, 0, 0x200);
    assert.equal(characters([...ram.slice(0x208, 0x208 + 21)]), 'vgaroms/ringside.bin\0');
    request(0x0021_000a, 5, 0, 0x300);
    assert.deepEqual([...ram.slice(0x300, 0x305)], [0x55, 0xaa, 1, 0, 0]);
    request(16, 1, 0, 0x300); // nothing can be written
    assert.deepEqual([...ram.slice(0x100, 0x104)], [0, 0, 0, 1]);
    device.writePort(0x514, 4, 0x0100_0000);
    const other = setUp();
    other.device.restore(structuredClone(device.save()));
    other.ram.set(words(0x0000_000a, 4, 0, 0x200), 0x100);
    other.device.writePort(0x518, 4, 0x0001_0000); // above 4 GBytes: nobody has a request there
    assert.deepEqual([...other.ram.slice(0x200, 0x204)], [0, 0, 0, 0]);
  });
});

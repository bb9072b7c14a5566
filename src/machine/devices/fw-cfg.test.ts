import assert from 'node:assert/strict';
import { FwCfg } from './fw-cfg';

function setUp(memory = 64 << 20) {
  const device = new FwCfg({ memory });
  const item = (number: number, length: number) => {
    device.writePort(0x510, 2, number);
    return Array.from({ length }, () => device.readPort(0x511, 1));
  };
  return { device, item };
}

const characters = (bytes: readonly number[]): string => String.fromCharCode(...bytes);

describe('fw_cfg', () => {
  it('says that it is there, without DMA', () => {
    const { item } = setUp();
    assert.equal(characters(item(0, 4)), 'QEMU');
    assert.deepEqual(item(1, 5), [1, 0, 0, 0, 0]);
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
    assert.deepEqual(list.slice(0, 10), [0, 0, 0, 1, 0, 0, 0, 20, 0, 0x20]);
    assert.equal(characters(list.slice(12)).replace(/\0+$/, ''), 'etc/e820');
    const map = item(0x20, 20);
    assert.deepEqual(map, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0]);
    assert.deepEqual(setUp(0).item(0x19, 4), [0, 0, 0, 0]);
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
});

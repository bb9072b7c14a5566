import assert from 'node:assert/strict';
import { Dma8237 } from './dma8237';

function machine() {
  const memory = new Uint8Array(0x40_0000);
  const dma = new Dma8237({
    bus: {
      read: (address, length) => memory.slice(address, address + length),
      write: (address, bytes) => {
        memory.set(bytes, address);
      },
    },
  });
  const out = (port: number, ...values: number[]): void => {
    for (const value of values) dma.writePort(port, 1, value);
  };
  const input = (port: number): number => dma.readPort(port);
  /** Channel 2 as a program sets it up for `count` bytes. */
  const program = (mode: number, address: number, count: number): void => {
    out(0xd4, 0); // the cascade
    out(0x0a, 6);
    out(0x0c, 0);
    out(0x04, address & 0xff, (address >> 8) & 0xff);
    out(0x81, address >> 16);
    out(0x05, (count - 1) & 0xff, (count - 1) >> 8);
    out(0x0b, mode);
    out(0x0a, 2);
  };
  return { memory, dma, out, input, program };
}

const WRITE = 0x46;
const READ = 0x4a;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('8237 DMA controllers', () => {
  it('write what a device has to memory, and count', () => {
    const { memory, dma, input, program } = machine();
    program(WRITE, 0x12_3456, 5);
    const channel = dma.channel(2);
    assert.ok(channel.ready);
    assert.deepEqual(channel.put(bytes(1, 2, 3)), { moved: 3, terminalCount: false });
    assert.deepEqual([...memory.subarray(0x12_3456, 0x12_345a)], [1, 2, 3, 0]);
    assert.deepEqual([input(4), input(4)], [0x59, 0x34]);
    assert.deepEqual([input(5), input(5)], [1, 0]);
    assert.deepEqual(channel.put(bytes(4, 5, 6)), { moved: 2, terminalCount: true });
    assert.deepEqual([...memory.subarray(0x12_3459, 0x12_345c)], [4, 5, 0]);
    assert.equal(channel.ready, false, 'masked by TC');
    assert.equal(input(8), 4);
    assert.equal(input(8), 0, 'read once');
  });

  it('read memory for a device, and wrap within a page', () => {
    const { memory, dma, program } = machine();
    memory.set([1, 2], 0x1_fffe);
    memory.set([3, 4], 0x1_0000);
    program(READ, 0x1_fffe, 4);
    const taken = bytes(9, 9, 9, 9, 9);
    assert.deepEqual(dma.channel(2).take(taken), { moved: 4, terminalCount: true });
    assert.deepEqual([...taken], [1, 2, 3, 4, 9]);
  });

  it('count down, begin again, and move nothing in verify mode or against the direction', () => {
    const { memory, dma, input, program } = machine();
    program(WRITE | 0x20, 0x1002, 3);
    dma.channel(2).put(bytes(1, 2, 3));
    assert.deepEqual([...memory.subarray(0x0fff, 0x1004)], [0, 3, 2, 1, 0]);
    program(WRITE | 0x10, 0x2000, 2);
    assert.equal(dma.channel(2).put(bytes(7, 8)).terminalCount, true);
    assert.deepEqual([input(4), input(4), input(5), input(5)], [0, 0x20, 1, 0]);
    assert.ok(dma.channel(2).ready);
    for (const mode of [0x42, READ]) {
      program(mode, 0x3000, 2);
      assert.deepEqual(dma.channel(2).put(bytes(5, 5)), { moved: 2, terminalCount: true });
      assert.equal(memory[0x3000], 0);
    }
  });

  it('answer no request through a mask, a disabled controller or a masked cascade', () => {
    const { dma, out, program } = machine();
    const channel = dma.channel(2);
    program(WRITE, 0, 4);
    const ways: readonly (readonly [off: [number, number], on: [number, number]])[] = [
      [
        [0x0a, 6],
        [0x0a, 2],
      ],
      [
        [0x08, 4],
        [0x08, 0],
      ],
      [
        [0xd4, 4],
        [0xd4, 0],
      ],
      [
        [0x0f, 0xf],
        [0x0e, 0],
      ],
    ];
    for (const [off, on] of ways) {
      out(...off);
      assert.deepEqual([channel.ready, channel.put(bytes(1)).moved], [false, 0]);
      out(...on);
      assert.ok(channel.ready);
    }
    out(0x0d, 0);
    assert.equal(channel.ready, false, 'master clear');
  });

  it('move words at even addresses on the second controller', () => {
    const { memory, dma, out, input } = machine();
    out(0xd8, 0);
    out(0xc4, 0x00, 0x08); // channel 5: word 800h is byte 1000h
    out(0xc6, 1, 0);
    out(0x8b, 0x03);
    out(0xd6, 0x45);
    out(0xd4, 1);
    assert.deepEqual(dma.channel(5).put(bytes(1, 2, 3, 4)), { moved: 4, terminalCount: true });
    assert.deepEqual([...memory.subarray(0x2_1000, 0x2_1004)], [1, 2, 3, 4]);
    assert.equal(input(0xd0), 2);
    assert.equal(input(0xd1), 0, 'the same register, read again');
  });

  it('keep what is written to the page registers that belong to no channel', () => {
    const { dma, out, input } = machine();
    out(0x80, 0x5a);
    out(0x8e, 0xa5);
    assert.deepEqual([input(0x80), input(0x8e)], [0x5a, 0xa5]);
    const saved = dma.save();
    out(0x80, 0);
    dma.restore(saved);
    assert.equal(input(0x80), 0x5a);
    dma.reset();
    assert.equal(input(0x80), 0);
  });

  it('tell requests by software, and the mask', () => {
    const { out, input } = machine();
    out(0x09, 5);
    assert.equal(input(8), 0x20);
    out(0x09, 1);
    assert.equal(input(8), 0);
    out(0x0f, 0x0a);
    assert.equal(input(0x0f), 0xfa);
  });
});

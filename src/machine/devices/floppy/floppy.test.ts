import assert from 'node:assert/strict';
import { Disk, SECTOR } from '../ata/disk';
import { Clock } from '../clock';
import { Dma8237 } from '../dma8237';
import { FloppyController } from './floppy-controller';
import { FloppyDrive } from './floppy-drive';
import { formatFor } from './formats';

const LATER = 100_000;
const READ = 0xe6;
const WRITE = 0xc5;

/** A disk whose sectors hold their own number. */
function numbered(kilobytes: number): Uint8Array {
  const bytes = new Uint8Array(kilobytes * 1024);
  for (let n = 0; n < kilobytes * 2; n++) bytes.fill(n, n * SECTOR, (n + 1) * SECTOR);
  return bytes;
}

function machine({ kilobytes = 1440, drives = 1, on = true } = {}) {
  const memory = new Uint8Array(0x10_0000);
  const clock = new Clock();
  const dma = new Dma8237({
    bus: {
      read: (address, length) => memory.slice(address, address + length),
      write: (address, bytes) => {
        memory.set(bytes, address);
      },
    },
  });
  const format = formatFor(kilobytes * 1024);
  assert.ok(format);
  let irq = false;
  let edges = 0;
  const floppy = new FloppyController({
    clock,
    drives: Array.from(
      { length: drives },
      () => new FloppyDrive(new Disk({ bytes: numbered(kilobytes) }), format),
    ),
    dma: dma.channel(2),
    irq: (level) => {
      if (level && !irq) edges++;
      irq = level;
    },
  });
  const out = (port: number, value: number): void => {
    floppy.writePort(port, 1, value);
  };
  const input = (port: number): number => floppy.readPort(port);
  const pass = (time = LATER): void => {
    clock.advanceTo(clock.now + time);
  };
  const send = (...bytes: number[]): void => {
    for (const byte of bytes) {
      assert.equal(input(0x3f4) & 0xc0, 0x80, 'ready for a byte');
      out(0x3f5, byte);
    }
  };
  const result = (): number[] => {
    const bytes: number[] = [];
    while ((input(0x3f4) & 0xc0) === 0xc0) bytes.push(input(0x3f5));
    return bytes;
  };
  const setDma = (mode: number, address: number, count: number): void => {
    const write = (port: number, value: number): void => {
      dma.writePort(port, 1, value);
    };
    write(0xd4, 0);
    write(0x0c, 0);
    write(0x04, address & 0xff);
    write(0x04, (address >> 8) & 0xff);
    write(0x81, address >> 16);
    write(0x05, (count - 1) & 0xff);
    write(0x05, (count - 1) >> 8);
    write(0x0b, mode);
    write(0x0a, 2);
  };
  if (on) {
    out(0x3f2, 0x1c);
    pass();
    for (let n = 0; n < 4; n++) {
      send(8);
      result();
    }
    out(0x3f7, format.rate);
    send(3, 0xdf, 2);
    edges = 0;
  }
  const requests = (): { readonly irq: boolean; readonly edges: number } => ({ irq, edges });
  return { memory, clock, dma, floppy, out, input, pass, send, result, setDma, requests };
}

const seekTo = ({ send, pass, result }: ReturnType<typeof machine>, track: number): number[] => {
  send(0x0f, 0, track);
  pass();
  send(8);
  return result();
};

describe('floppy disk controller', () => {
  it('tells after a reset of four drives, by one interrupt', () => {
    const { out, input, pass, send, result, requests } = machine({ on: false });
    assert.equal(input(0x3f4), 0, 'held in reset');
    out(0x3f2, 0x0c);
    assert.equal(input(0x3f4), 0, 'not at once');
    pass();
    assert.deepEqual(requests(), { irq: true, edges: 1 });
    for (let n = 0; n < 4; n++) {
      send(8);
      assert.deepEqual(result(), [0xc0 | n, 0]);
      assert.equal(requests().irq, false);
    }
    send(8);
    assert.deepEqual(result(), [0x80], 'nothing more to tell');
    assert.equal(input(0x3f4), 0x80);
  });

  it('resets by DSR, whose bit goes back by itself', () => {
    const m = machine();
    m.out(0x3f4, 0x80);
    assert.equal(m.input(0x3f4), 0);
    m.pass();
    m.send(8);
    assert.deepEqual(m.result(), [0xc0, 0]);
  });

  it('seeks, recalibrates, and tells when it is there', () => {
    const m = machine({ drives: 2 });
    m.send(0x0f, 0, 40);
    assert.equal(m.input(0x3f4), 0x81, 'drive 0 is busy, the controller is not');
    m.pass(1000);
    assert.equal(m.input(0x3f4), 0x81);
    m.pass();
    assert.deepEqual(m.requests(), { irq: true, edges: 1 });
    m.send(8);
    assert.deepEqual(m.result(), [0x20, 40]);
    m.send(4, 0);
    assert.deepEqual(m.result(), [0x28], 'not at track 0');
    m.send(0xcf, 0, 3);
    m.pass();
    m.send(8);
    assert.deepEqual(m.result(), [0x20, 43]);
    m.send(0x8f, 0, 1);
    m.pass();
    m.send(8);
    assert.deepEqual(m.result(), [0x20, 42]);
    m.send(7, 0);
    m.pass();
    m.send(8);
    assert.deepEqual(m.result(), [0x20, 0]);
    m.send(4, 4);
    assert.deepEqual(m.result(), [0x3c]);
    m.send(7, 3);
    m.pass();
    m.send(8);
    assert.deepEqual(m.result(), [0x73, 0], 'nobody answers');
  });

  it('reads sectors by DMA until TC', () => {
    const m = machine();
    m.setDma(0x46, 0x8000, 1024);
    m.send(READ, 0, 0, 0, 3, 2, 18, 0x1b, 0xff);
    assert.equal(m.input(0x3f4), 0x10, 'busy, and no bytes for the processor');
    m.pass();
    assert.deepEqual(m.requests(), { irq: true, edges: 1 });
    assert.equal(m.input(0x3f4), 0xd0);
    assert.deepEqual(m.result(), [0, 0, 0, 0, 0, 5, 2]);
    assert.equal(m.requests().irq, false);
    assert.deepEqual(
      [0x7fff, 0x8000, 0x81ff, 0x8200, 0x83ff, 0x8400].map((at) => m.memory[at]),
      [0, 2, 2, 3, 3, 0],
    );
  });

  it('goes on with the other side of the disk, and ends at the end of the cylinder', () => {
    const m = machine();
    seekTo(m, 1);
    m.setDma(0x46, 0x8000, 3 * SECTOR);
    m.send(READ, 0, 1, 0, 18, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.deepEqual(m.result(), [4, 0, 0, 1, 1, 3, 2]);
    assert.deepEqual([m.memory[0x8000], m.memory[0x8200], m.memory[0x8400]], [53, 54, 55]);
    m.setDma(0x46, 0x8000, 3 * SECTOR);
    m.send(READ, 4, 1, 1, 17, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.deepEqual(m.result(), [0x40, 0x80, 0, 2, 0, 1, 2], 'two sectors, not three');
    m.setDma(0x46, 0x8000, 3 * SECTOR);
    m.send(READ & 0x7f, 0, 1, 0, 18, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.deepEqual(m.result(), [0x40, 0x80, 0, 2, 0, 1, 2], 'one side alone');
  });

  it('writes beside the image, a part of a sector with zeros behind', () => {
    const m = machine();
    const drive = m.floppy.drive(0);
    m.memory.fill(0xaa, 0x9000, 0x9400);
    m.setDma(0x4a, 0x9000, SECTOR + 10);
    m.send(WRITE, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.deepEqual(m.result(), [0, 0, 0, 0, 0, 3, 2]);
    assert.deepEqual(
      drive?.disk.changes.map(([sector, bytes]) => [sector, bytes[9], bytes[10], bytes[511]]),
      [
        [0, 0xaa, 0xaa, 0xaa],
        [1, 0xaa, 0, 0],
      ],
    );
  });

  it('moves bytes through the data register without DMA', () => {
    const m = machine();
    m.send(3, 0xdf, 3);
    m.send(READ, 0, 0, 0, 18, 2, 18, 0x1b, 0xff);
    assert.equal(m.input(0x3f4), 0x30);
    m.pass();
    const bytes: number[] = [];
    while (m.input(0x3f4) === 0xf0) {
      assert.ok(m.requests().irq);
      bytes.push(m.input(0x3f5));
    }
    assert.deepEqual([bytes.length, bytes[0], bytes[511]], [SECTOR, 17, 17]);
    m.pass(); // the other side: 18 sectors
    assert.equal(m.input(0x3f5), 18);
    const n = machine();
    n.send(3, 0xdf, 3);
    n.send(WRITE & 0x7f, 0, 0, 0, 18, 2, 18, 0x1b, 0xff);
    for (let at = 0; at < SECTOR; at++) {
      assert.equal(n.input(0x3f4), 0xb0);
      n.out(0x3f5, at & 0xff);
    }
    n.pass();
    assert.deepEqual(n.result(), [0x40, 0x80, 0, 1, 0, 1, 2], 'no TC without DMA');
    assert.equal(n.floppy.drive(0)?.disk.read(17)[255], 255);
  });

  it('says why it finds no sector', () => {
    const end = (m: ReturnType<typeof machine>, ...id: number[]): number[] => {
      m.setDma(0x46, 0x8000, SECTOR);
      m.send(READ, 0, ...id, 18, 0x1b, 0xff);
      m.pass();
      return m.result().slice(0, 3);
    };
    assert.deepEqual(end(machine(), 0, 0, 19, 2), [0x40, 4, 0], 'no such sector');
    assert.deepEqual(end(machine(), 0, 0, 0, 2), [0x40, 4, 0]);
    assert.deepEqual(end(machine(), 5, 0, 1, 2), [0x40, 4, 0x10], 'another cylinder');
    assert.deepEqual(end(machine(), 0xff, 0, 1, 2), [0x40, 4, 2]);
    assert.deepEqual(end(machine(), 0, 0, 1, 3), [0x40, 4, 0], 'another size');
    const rate = machine();
    rate.out(0x3f7, 2);
    assert.deepEqual(end(rate, 0, 0, 1, 2), [0x40, 1, 0], 'another data rate');
    const still = machine();
    still.out(0x3f2, 0x0c);
    assert.deepEqual(end(still, 0, 0, 1, 2), [0x40, 1, 0], 'the motor is off');
    const masked = machine();
    masked.send(READ, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    masked.pass();
    assert.deepEqual(masked.result().slice(0, 3), [0x40, 0x10, 0], 'nobody takes the bytes');
  });

  it('formats a track', () => {
    const m = machine();
    for (let n = 0; n < 18; n++) m.memory.set([0, 1, n + 1, 2], 0x8000 + 4 * n);
    m.setDma(0x4a, 0x8000, 18 * 4);
    m.send(0x4d, 4, 2, 18, 0x6c, 0xf6);
    m.pass();
    assert.deepEqual(m.result().slice(0, 3), [4, 0, 0]);
    assert.deepEqual(
      [17, 18, 35, 36].map((sector) => m.floppy.drive(0)?.disk.read(sector)[100]),
      [17, 0xf6, 0xf6, 36],
    );
  });

  it('reads a whole track in the order of its sectors, whatever is asked for', () => {
    const m = machine();
    m.setDma(0x46, 0x8000, 18 * SECTOR);
    m.send(0x42, 0, 0, 0, 7, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.equal(m.result()[0], 0);
    assert.deepEqual([m.memory[0x8000], m.memory[0x8000 + 17 * SECTOR]], [0, 17]);
  });

  it('reads the address that comes by, and verifies without data', () => {
    const m = machine();
    seekTo(m, 7);
    m.send(0x4a, 4);
    m.pass();
    const [st0, st1, st2, ...id] = m.result();
    assert.deepEqual([st0, st1, st2, id[0], id[1], id[3]], [4, 0, 0, 7, 1, 2]);
    assert.ok((id[2] ?? 0) >= 1 && (id[2] ?? 0) <= 18);
    m.send(0x56, 0, 7, 0, 1, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.deepEqual(m.result(), [0, 0, 0, 8, 0, 1, 2]);
  });

  it('knows its registers', () => {
    const m = machine();
    m.send(0x10);
    assert.deepEqual(m.result(), [0x90]);
    m.send(0x13, 0, 0x1a, 0x05);
    m.send(0x94);
    assert.deepEqual(m.result(), [0x10]);
    m.send(0x12, 0x84);
    m.send(0x0e);
    assert.deepEqual(m.result(), [0, 0, 0, 0, 0xdf, 2, 0, 0x84, 0x1a, 0x05]);
    m.out(0x3f2, 0x18);
    m.out(0x3f2, 0x1c);
    m.pass();
    m.send(0x0e);
    assert.deepEqual(m.result().slice(7), [0x84, 0x1a, 0x05], 'locked');
    m.send(0x14);
    m.result();
    m.out(0x3f2, 0x18);
    m.out(0x3f2, 0x1c);
    m.pass();
    m.send(0x0e);
    assert.deepEqual(m.result().slice(7), [0x04, 0x20, 0], 'as after power-on');
    m.send(0x1f);
    assert.deepEqual(m.result(), [0x80], 'no command');
  });

  it('tells that the disk was changed until the heads move', () => {
    const m = machine();
    assert.equal(m.input(0x3f7), 0x80);
    seekTo(m, 1);
    assert.equal(m.input(0x3f7), 0);
    m.out(0x3f2, 0x1d);
    assert.equal(m.input(0x3f7), 0, 'no drive B');
  });

  it('seeks by itself when it is configured so', () => {
    const m = machine();
    m.send(0x13, 0, 0x60, 0);
    m.setDma(0x46, 0x8000, SECTOR);
    m.send(READ, 0, 2, 0, 1, 2, 18, 0x1b, 0xff);
    m.pass();
    assert.equal(m.result()[0], 0);
    assert.equal(m.memory[0x8000], 72);
  });

  it('requests no interrupt while the gate is closed', () => {
    const m = machine();
    m.out(0x3f2, 0x14);
    m.send(7, 0);
    m.pass();
    assert.equal(m.requests().irq, false);
    m.out(0x3f2, 0x1c);
    assert.equal(m.requests().irq, true);
  });

  it('goes on from a saved state in the middle of a command', () => {
    const m = machine();
    m.setDma(0x46, 0x8000, 3 * SECTOR);
    m.send(READ, 0, 0, 0, 1, 2, 18, 0x1b, 0xff);
    m.pass(1500); // one of three
    const saved = structuredClone({
      floppy: m.floppy.save(),
      dma: m.dma.save(),
      clock: m.clock.save(),
    });
    const other = machine();
    other.memory.set(m.memory);
    other.floppy.restore(saved.floppy);
    other.dma.restore(saved.dma);
    other.clock.restore(saved.clock);
    assert.deepEqual(other.floppy.save(), saved.floppy);
    for (const one of [m, other]) one.pass();
    assert.deepEqual(other.result(), [0, 0, 0, 0, 0, 4, 2]);
    assert.deepEqual(m.result(), [0, 0, 0, 0, 0, 4, 2]);
    assert.deepEqual(other.memory, m.memory);
  });

  for (const [kilobytes, driveType] of [
    [1, 1],
    [360, 1],
    [361, 3],
    [720, 3],
    [1200, 2],
    [1440, 4],
    [2880, 5],
  ] as const) {
    it(`a disk of ${String(kilobytes)} KB lies in a drive of type ${String(driveType)}`, () => {
      assert.equal(formatFor(kilobytes * 1024)?.driveType, driveType);
    });
  }

  it('no disk is larger than 2.88M', () => {
    assert.equal(formatFor(2880 * 1024 + 1), undefined);
  });
});

import assert from 'node:assert/strict';
import { AtaChannel } from './ata-channel';
import { CdDrive } from './cd-drive';
import { Disk } from './disk';

const SECTORS = 20;
const READY = 0x50;
const WANTS_DATA = 0x58;
const FAILED = 0x51;

/** A disc whose sectors hold their own number, the last of them cut short. */
function disc(): Uint8Array {
  const bytes = new Uint8Array(SECTORS * 2048 - 100);
  for (let n = 0; n < SECTORS; n++) bytes.fill(n, n * 2048, (n + 1) * 2048);
  return bytes;
}

function drive({ second = false } = {}) {
  let irq = false;
  const cd = new CdDrive(disc(), 'cd');
  const ata = new AtaChannel({
    name: 'ata1',
    base: 0x170,
    control: 0x376,
    disks: [second ? new Disk({ bytes: new Uint8Array(1 << 20) }) : undefined, undefined],
    cds: second ? [undefined, cd] : [cd, undefined],
    irq: (level) => (irq = level),
  });
  const out = (register: number, value: number): void => {
    ata.writePort(0x170 + register, 1, value);
  };
  const input = (register: number): number => ata.readPort(0x170 + register, 1);
  const send = (limit: number, ...bytes: number[]): void => {
    out(4, limit & 0xff);
    out(5, limit >> 8);
    out(7, 0xa0);
    assert.deepEqual([input(7), input(2)], [WANTS_DATA, 1], 'a packet is wanted');
    for (let at = 0; at < 12; at += 2) {
      ata.writePort(0x170, 2, (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
    }
  };
  /** The blocks that come, and the status at the end. */
  const blocks = (): { readonly blocks: readonly number[][]; readonly status: number } => {
    const all: number[][] = [];
    while (ata.readPort(0x376, 1) & 8) {
      assert.ok(irq, 'an interrupt before each block');
      assert.equal(input(2), 2, 'data to the host');
      assert.equal(input(7), WANTS_DATA);
      const size = input(4) | (input(5) << 8);
      const words = Array.from({ length: Math.ceil(size / 2) }, () => ata.readPort(0x170, 2));
      all.push(words.flatMap((word) => [word & 0xff, word >> 8]).slice(0, size));
    }
    assert.ok(irq, 'and one at the end');
    assert.equal(input(2), 3, 'status');
    return { blocks: all, status: input(7) };
  };
  const ask = (...bytes: number[]): number[] => {
    send(0xfffe, ...bytes);
    return blocks().blocks.flat();
  };
  /** Sense key and additional codes of a command that fails. */
  const trouble = (...bytes: number[]): number[] => {
    send(0xfffe, ...bytes);
    const { status } = blocks();
    assert.equal(status, FAILED);
    const key = input(1) >> 4;
    const sense = ask(3, 0, 0, 0, 18);
    assert.equal(sense[2], key);
    return [key, sense[12] ?? 0, sense[13] ?? 0];
  };
  return { ata, cd, out, input, send, blocks, ask, trouble, interrupts: () => irq };
}

const signature = ({ input }: ReturnType<typeof drive>): number[] => [2, 3, 4, 5].map(input);

describe('CD-ROM drive', () => {
  it('shows that it takes packets', () => {
    const d = drive();
    assert.deepEqual(signature(d), [1, 1, 0x14, 0xeb]);
    assert.equal(d.input(7), 0, 'not ready for other commands');
    d.out(7, 0xec);
    assert.deepEqual([d.input(7), d.input(1)], [FAILED, 4]);
    assert.deepEqual(signature(d), [1, 1, 0x14, 0xeb]);
    d.out(7, 0xa1);
    const words = Array.from({ length: 256 }, () => d.ata.readPort(0x170, 2));
    assert.equal(words[0], 0x85c0);
    assert.equal(d.input(7), READY);
    d.ata.writePort(0x376, 1, 4);
    d.ata.writePort(0x376, 1, 0);
    assert.deepEqual(signature(d), [1, 1, 0x14, 0xeb]);
    d.out(7, 0x08);
    assert.equal(d.input(7), 0);
  });

  it('is told from the disk beside it', () => {
    const d = drive({ second: true });
    assert.deepEqual(signature(d), [1, 1, 0, 0]);
    d.out(6, 0x10);
    assert.deepEqual(signature(d), [1, 1, 0x14, 0xeb]);
    assert.equal(d.input(7), 0);
    d.out(6, 0);
    assert.equal(d.input(7), READY);
    d.out(7, 0xa1);
    assert.deepEqual([d.input(7), ...signature(d)], [FAILED, 1, 1, 0, 0]);
  });

  it('reads sectors in blocks of as many bytes as are wanted', () => {
    const d = drive();
    d.send(3000, 0x28, 0, 0, 0, 0, 3, 0, 0, 2);
    const { blocks, status } = d.blocks();
    assert.equal(status, READY);
    assert.deepEqual(
      blocks.map(({ length }) => length),
      [3000, 1096],
    );
    const bytes = blocks.flat();
    assert.deepEqual([bytes[0], bytes[2047], bytes[2048], bytes[4095]], [3, 3, 4, 4]);
    assert.equal(d.ask(0xa8, 0, 0, 0, 0, 0, 0, 0, 0, 20).length, SECTORS * 2048);
    assert.deepEqual(
      d.ask(0x28, 0, 0, 0, 0, 19, 0, 0, 1).slice(1947, 1949),
      [19, 0],
      'zeros behind',
    );
    assert.equal(d.ask(0xbe, 0, 0, 0, 0, 1, 0, 0, 1, 0x10).length, 2048);
  });

  it('moves nothing where nothing is wanted', () => {
    const d = drive();
    for (const packet of [[0x28], [0x12], [0x00]]) {
      d.send(2048, ...packet);
      assert.deepEqual(d.blocks(), { blocks: [], status: READY });
    }
  });

  it('says why it does not', () => {
    const { trouble, ask } = drive();
    assert.deepEqual(trouble(0x28, 0, 0, 0, 0, 20, 0, 0, 1), [5, 0x21, 0]);
    assert.deepEqual(trouble(0x28, 0, 0, 0, 0, 19, 0, 0, 2), [5, 0x21, 0]);
    assert.deepEqual(
      trouble(0xa8, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      [5, 0x21, 0],
    );
    assert.deepEqual(trouble(0x2a), [5, 0x20, 0]);
    assert.deepEqual(trouble(0x5a, 0, 0x3e), [5, 0x24, 0]);
    assert.deepEqual(ask(3, 0, 0, 0, 18).slice(0, 3), [0x70, 0, 0], 'told once');
  });

  it('opens its tray unless it is locked', () => {
    const { ask, trouble } = drive();
    ask(0x1e, 0, 0, 0, 1);
    assert.deepEqual(trouble(0x1b, 0, 0, 0, 2), [5, 0x53, 2]);
    ask(0x1e);
    ask(0x1b, 0, 0, 0, 2);
    assert.deepEqual(trouble(0x00), [2, 0x3a, 0]);
    assert.deepEqual(trouble(0x28, 0, 0, 0, 0, 0, 0, 0, 1), [2, 0x3a, 0]);
    assert.deepEqual(ask(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), [0, 6, 4, 16, 0, 1, 0, 0]);
    ask(0x1b, 0, 0, 0, 3);
    assert.equal(ask(0x28, 0, 0, 0, 0, 0, 0, 0, 1).length, 2048);
  });

  it('tells of the disc and of itself', () => {
    const { ask } = drive();
    assert.deepEqual(ask(0x25), [0, 0, 0, 19, 0, 0, 8, 0]);
    assert.deepEqual(ask(0x12, 0, 0, 0, 5), [5, 0x80, 0, 0x21, 31]);
    assert.deepEqual(
      ask(0x43, 0, 0, 0, 0, 0, 0, 0, 100),
      [0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 0, 20],
    );
    assert.deepEqual(
      ask(0x43, 2, 0, 0, 0, 0, 0xaa, 0, 12).slice(4),
      [0, 0x14, 0xaa, 0, 0, 0, 2, 20],
    );
    assert.deepEqual(ask(0x43, 0, 1, 0, 0, 0, 0, 0, 4), [0, 10, 1, 1]);
    assert.deepEqual(ask(0x46, 0, 0, 0, 0, 0, 0, 0, 8).slice(6), [0, 8]);
    assert.deepEqual(ask(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8), [0, 6, 4, 16, 0, 2, 0, 0]);
    assert.deepEqual(
      ask(0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 100).slice(0, 10),
      [0, 26, 1, 0, 0, 0, 0, 0, 0x2a, 18],
    );
    assert.equal(ask(0x5a, 0, 0x3f, 0, 0, 0, 0, 0, 255).length, 8 + 8 + 16 + 20);
    assert.equal(ask(0x51, 0, 0, 0, 0, 0, 0, 0, 255).length, 34);
    assert.equal(ask(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8).length, 8);
  });

  it('goes on from a saved state in the middle of a command', () => {
    const d = drive();
    d.send(2048, 0x28, 0, 0, 0, 0, 5, 0, 0, 3);
    for (let n = 0; n < 1500; n++) d.ata.readPort(0x170, 2);
    const other = drive();
    const saved = structuredClone(d.ata.save());
    other.ata.restore(saved);
    assert.deepEqual(other.ata.save(), saved);
    const rest = ({ ata }: typeof d): number[] =>
      Array.from({ length: 3 * 1024 - 1500 }, () => ata.readPort(0x170, 2));
    const read = rest(other);
    assert.deepEqual(read, rest(d));
    assert.deepEqual([read[0], read.at(-1)], [0x0606, 0x0707]);
    assert.equal(other.input(7), READY);
  });
});

import assert from 'node:assert/strict';
import { AtaChannel } from './ata-channel';
import { Disk, SECTOR } from './disk';

const STATUS = 7;
const DRDY_DSC = 0x50;
const DRQ = 0x08;
const ERR = 0x01;

/** A disk whose sectors hold their own number in every byte. */
function numbered(sectors: number): Disk {
  const bytes = new Uint8Array(sectors * SECTOR);
  for (let n = 0; n < sectors; n++) bytes.fill(n, n * SECTOR, (n + 1) * SECTOR);
  return new Disk({ bytes });
}

function channel(disk: Disk | undefined = numbered(200)) {
  const interrupts: boolean[] = [];
  const ata = new AtaChannel({
    name: 'ata0',
    base: 0x1f0,
    control: 0x3f6,
    disks: [disk, undefined],
    irq: (level) => interrupts.push(level),
  });
  const out = (register: number, value: number): void => {
    ata.writePort(0x1f0 + register, 1, value);
  };
  const input = (register: number): number => ata.readPort(0x1f0 + register, 1);
  const address = (lba: number, count: number): void => {
    out(2, count);
    out(3, lba & 0xff);
    out(4, (lba >> 8) & 0xff);
    out(5, (lba >> 16) & 0xff);
    out(6, 0xe0 | ((lba >> 24) & 0xf));
  };
  const sector = (): number[] => Array.from({ length: 256 }, () => ata.readPort(0x1f0, 2));
  return { ata, out, input, address, sector, interrupts };
}

describe('ATA channel', () => {
  it('lets drive 0 answer for drive 1 that is not there, without a status', () => {
    const { out, input } = channel();
    out(6, 0xb0);
    out(2, 0x55);
    out(3, 0xaa);
    assert.deepEqual([2, 3, 6, STATUS].map(input), [0x55, 0xaa, 0xb0, 0]);
  });

  it('reads sectors by 28-bit addresses, an interrupt before each', () => {
    const { out, input, address, sector, interrupts } = channel();
    address(5, 2);
    out(STATUS, 0x20);
    assert.equal(input(STATUS), DRDY_DSC | DRQ);
    assert.ok(sector().every((word) => word === 0x0505));
    assert.equal(input(STATUS), DRDY_DSC | DRQ);
    assert.ok(sector().every((word) => word === 0x0606));
    assert.equal(input(STATUS), DRDY_DSC);
    assert.deepEqual(interrupts, [true, false, true, false, false]);
  });

  it('reads by cylinder, head and sector, and by 48-bit addresses', () => {
    const { out, address, sector } = channel();
    out(2, 1);
    out(3, 3); // sector 3 of head 2: 2 * 63 + 2
    out(4, 0);
    out(5, 0);
    out(6, 0xa2);
    out(STATUS, 0x20);
    assert.equal(sector()[0], 128 | (128 << 8));
    out(2, 0);
    for (const register of [3, 4, 5]) out(register, 0);
    address(7, 1);
    out(STATUS, 0x24);
    assert.equal(sector()[0], 0x0707);
  });

  it('takes 32-bit transfers as two of 16 bits', () => {
    const { ata, out, address } = channel();
    address(9, 1);
    out(STATUS, 0x20);
    assert.equal(ata.readPort(0x1f0, 4), 0x09090909);
  });

  it('writes beside the image', () => {
    const bytes = new Uint8Array(4 * SECTOR);
    const disk = new Disk({ bytes });
    const { ata, out, input, address, sector } = channel(disk);
    address(2, 1);
    out(STATUS, 0x30);
    for (let n = 0; n < 256; n++) ata.writePort(0x1f0, 2, 0xabcd);
    assert.equal(input(STATUS), DRDY_DSC);
    assert.ok(bytes.every((byte) => byte === 0));
    address(2, 1);
    out(STATUS, 0x20);
    assert.ok(sector().every((word) => word === 0xabcd));
    assert.deepEqual(
      disk.changes.map(([number]) => number),
      [2],
    );
  });

  it('reads several sectors in a block when asked to', () => {
    const { out, input, address, sector, interrupts } = channel();
    address(0, 1);
    out(STATUS, 0xc4);
    assert.equal(input(STATUS) & ERR, ERR); // not set up yet
    out(2, 4);
    out(STATUS, 0xc6);
    interrupts.length = 0;
    address(8, 4);
    out(STATUS, 0xc4);
    const words = [sector(), sector(), sector(), sector()].map(([word]) => word);
    assert.deepEqual(words, [0x0808, 0x0909, 0x0a0a, 0x0b0b]);
    assert.equal(interrupts.filter((level) => level).length, 1);
  });

  it('refuses sectors beyond the end, and commands that it does not have', () => {
    const { out, input, address } = channel();
    address(199, 2);
    out(STATUS, 0x20);
    assert.equal(input(STATUS), DRDY_DSC | ERR);
    assert.equal(input(1), 0x14); // ID not found, aborted
    out(STATUS, 0xa1);
    assert.equal(input(1), 0x04);
  });

  it('says what it is', () => {
    const { out, sector } = channel(numbered(4096));
    out(STATUS, 0xec);
    const words = sector();
    assert.deepEqual([words[1], words[3], words[6]], [4, 16, 63]);
    assert.equal(words[60], 4096);
    assert.equal(words[100], 4096);
    const model = words.slice(27, 47).map((w) => String.fromCharCode(w >> 8, w & 0xff));
    assert.equal(model.join('').trim(), 'RINGSIDE DISK');
  });

  it('gives the signature after a software reset, and silence for a drive that is not there', () => {
    const { ata, out, input } = channel();
    ata.writePort(0x3f6, 1, 4);
    assert.equal(input(STATUS), 0x80);
    ata.writePort(0x3f6, 1, 0);
    assert.deepEqual([2, 3, 4, 5].map(input), [1, 1, 0, 0]);
    out(6, 0xb0);
    assert.equal(input(STATUS), 0);
    out(STATUS, 0xec);
    assert.equal(input(STATUS), 0);
  });

  it('holds its interrupt back while nIEN is set', () => {
    const { ata, out, interrupts } = channel();
    ata.writePort(0x3f6, 1, 2);
    out(STATUS, 0xec);
    assert.ok(!interrupts.includes(true));
    ata.writePort(0x3f6, 1, 0);
    assert.equal(interrupts.at(-1), true);
  });

  it('goes on in the middle of a transfer after it was saved and restored', () => {
    const first = channel();
    first.address(5, 2);
    first.out(STATUS, 0x20);
    first.ata.readPort(0x1f0, 2);
    const second = channel();
    second.ata.restore(first.ata.save());
    assert.equal(second.sector().slice(0, 255).at(-1), 0x0505);
    assert.equal(second.input(STATUS), DRDY_DSC | DRQ);
  });
});

import assert from 'node:assert/strict';
import { AtaChannel } from './ata-channel';
import { ChannelMaster } from './bus-master-ide';
import { Disk, SECTOR } from './disk';

const TABLE = 0x1000;
const [COMMAND, STATUS, POINTER] = [0, 2, 4];
const [START, TO_MEMORY] = [1, 8];
const [ACTIVE, ERROR, INTERRUPT] = [1, 2, 4];
const LAST = 0x8000_0000;
const [READ, WRITE, READ_EXT, WRITE_EXT] = [0xc8, 0xca, 0x25, 0x35];

/** A channel with a drive whose sectors hold their own number in every byte, and a driver for it. */
class Driver {
  readonly memory = new Uint8Array(0x10_0000);
  readonly disk: Disk;
  readonly ata: AtaChannel;
  readonly master: ChannelMaster;
  enabled = true;
  /** Levels of the interrupt line, and what memory held at the time. */
  readonly interrupts: string[] = [];

  constructor(sectors = 300) {
    const bytes = new Uint8Array(sectors * SECTOR);
    for (let n = 0; n < sectors; n++) bytes.fill(n, n * SECTOR, (n + 1) * SECTOR);
    this.disk = new Disk({ bytes });
    this.master = new ChannelMaster({
      bus: {
        read: (address, length) => this.memory.slice(address, address + length),
        write: (address, data) => {
          this.memory.set(data, address);
        },
      },
      enabled: () => this.enabled,
      irq: (level) => this.interrupts.push(`${String(level)} ${String(this.memory[0x8000])}`),
    });
    this.ata = new AtaChannel({
      name: 'ata0',
      base: 0x1f0,
      control: 0x3f6,
      disks: [this.disk, undefined],
      irq: this.master.interruptLine,
      onDmaRequest: () => {
        this.master.attend();
      },
    });
    this.master.serve(this.ata);
  }

  /** Descriptors, each address and length; the last one ends the table. */
  table(...entries: readonly (readonly [address: number, length: number])[]): void {
    const view = new DataView(this.memory.buffer);
    entries.forEach(([address, length], n) => {
      view.setUint32(TABLE + 8 * n, address, true);
      view.setUint32(TABLE + 8 * n + 4, length | (n === entries.length - 1 ? LAST : 0), true);
    });
    this.master.write(POINTER, 4, TABLE);
  }

  command(code: number, lba: number, count: number): void {
    const out = (register: number, value: number): void => {
      this.ata.writePort(0x1f0 + register, 1, value);
    };
    for (const shift of [8, 0]) {
      out(2, (count >> shift) & 0xff);
      for (const [n, register] of [3, 4, 5].entries()) {
        out(register, shift === 8 ? 0 : (lba >> (8 * n)) & 0xff);
      }
    }
    out(6, 0xe0);
    out(7, code);
  }

  start(direction = 0): void {
    this.master.write(COMMAND, 1, START | direction);
  }

  get status(): number {
    return this.master.read(STATUS, 1);
  }

  get drive(): number {
    return this.ata.readPort(0x3f6, 1);
  }
}

describe('bus master of an ATA channel', () => {
  it('moves sectors into the places that the table names, and then interrupts', () => {
    const driver = new Driver();
    driver.table([0x8000, 0x100], [0x9000, 0x300], [0xa000, 0x200]);
    driver.command(READ, 5, 3);
    assert.equal(driver.drive, 0x58); // waits for DMA
    assert.deepEqual(driver.interrupts, []);
    driver.start(TO_MEMORY);
    const at = (address: number): number => driver.memory[address] ?? 0;
    assert.deepEqual([0x80ff, 0x8100, 0x90ff, 0x9100].map(at), [5, 0, 5, 6]);
    assert.deepEqual([0x92ff, 0x9300, 0xa000, 0xa1ff].map(at), [6, 0, 7, 7]);
    assert.deepEqual(driver.interrupts, ['true 5']);
    assert.equal(driver.status, INTERRUPT);
    assert.equal(driver.drive, 0x50);
    driver.master.write(COMMAND, 1, TO_MEMORY);
    driver.master.write(STATUS, 1, 0x60 | INTERRUPT);
    assert.equal(driver.status, 0x60);
    assert.equal(driver.ata.readPort(0x1f7, 1), 0x50);
    assert.equal(driver.interrupts.at(-1), 'false 5');
  });

  it('writes sectors, by 48-bit addresses too, in blocks that the drive takes one after the other', () => {
    const driver = new Driver();
    driver.memory.fill(0xab, 0x1_0000, 0x5_0000);
    driver.table([0x1_0000, 0], [0x2_0000, 0], [0x3_0000, 0x2000]); // 0 is 64 KBytes
    driver.start();
    assert.equal(driver.status, ACTIVE);
    driver.command(WRITE_EXT, 3, 272);
    assert.equal(driver.status, INTERRUPT);
    assert.equal(driver.disk.changes.length, 272);
    assert.ok(driver.disk.changes.every(([, bytes]) => bytes.every((byte) => byte === 0xab)));
    assert.deepEqual(driver.interrupts.length, 1);
    driver.start();
    driver.table([0x6_0000, 0x400]);
    driver.master.write(COMMAND, 1, 0);
    driver.command(WRITE, 9, 2);
    driver.start();
    assert.equal(driver.disk.read(10)[511], 0);
  });

  it('stays active where the table has more than the drive', () => {
    const driver = new Driver();
    driver.table([0x8000, 0x1000]);
    driver.command(READ_EXT, 1, 1);
    driver.start(TO_MEMORY);
    assert.equal(driver.status, ACTIVE | INTERRUPT);
    assert.equal(driver.memory[0x8200], 0);
    driver.master.write(COMMAND, 1, 0);
    assert.equal(driver.status, INTERRUPT);
  });

  it('leaves the drive waiting where the table is too short, and goes on by another one', () => {
    const driver = new Driver();
    driver.table([0x8000, 0x300]);
    driver.command(READ, 1, 2);
    driver.start(TO_MEMORY);
    assert.deepEqual([driver.status, driver.drive, driver.interrupts], [0, 0x58, []]);
    const other = new Driver();
    other.memory.set(driver.memory);
    other.ata.restore(structuredClone(driver.ata.save()));
    other.master.restore(structuredClone(driver.master.save()));
    for (const each of [driver, other]) {
      each.master.write(COMMAND, 1, 0);
      each.table([0x8800, 0x100]);
      each.start(TO_MEMORY);
      assert.deepEqual([each.memory[0x8800], each.memory[0x88ff], each.memory[0x8900]], [2, 2, 0]);
      assert.deepEqual([each.status, each.drive], [INTERRUPT, 0x50]);
    }
  });

  it('tells an error where the table has no end', () => {
    const driver = new Driver();
    for (let n = 0; n < 0x1_0000; n += 8) driver.memory.set([0, 0, 8, 0, 2, 0, 0, 0], TABLE + n);
    driver.master.write(POINTER, 4, TABLE);
    const out = driver.master.read(POINTER, 4);
    assert.equal(out, TABLE);
    driver.command(READ_EXT, 0, 300);
    driver.start(TO_MEMORY);
    assert.deepEqual([driver.status, driver.drive], [ERROR, 0x58]);
    driver.master.write(STATUS, 1, ERROR);
    assert.equal(driver.status, 0);
  });

  it('waits while the function may not master the bus, and for a command', () => {
    const driver = new Driver();
    driver.enabled = false;
    driver.table([0x8000, 0x200]);
    driver.start(TO_MEMORY);
    driver.command(READ, 4, 1);
    assert.deepEqual([driver.status, driver.memory[0x8000]], [ACTIVE, 0]);
    driver.enabled = true;
    driver.master.attend();
    assert.deepEqual([driver.status, driver.memory[0x8000]], [INTERRUPT, 4]);
  });

  it('has nothing to move where the drive has no such sectors', () => {
    const driver = new Driver();
    driver.table([0x8000, 0x200]);
    driver.start(TO_MEMORY);
    driver.command(READ, 300, 1);
    assert.equal(driver.ata.readPort(0x1f1, 1), 0x14);
    assert.deepEqual([driver.status, driver.drive], [ACTIVE | INTERRUPT, 0x51]);
    driver.master.write(COMMAND, 1, 0);
    driver.start(TO_MEMORY);
    driver.command(READ, 299, 1);
    assert.deepEqual([driver.status, driver.memory[0x8000]], [INTERRUPT, 299 & 0xff]);
  });

  it('forgets a transfer that a reset of the drive ends', () => {
    const driver = new Driver();
    driver.command(READ, 1, 1);
    driver.ata.writePort(0x3f6, 1, 4);
    driver.ata.writePort(0x3f6, 1, 0);
    driver.table([0x8000, 0x200]);
    driver.start(TO_MEMORY);
    assert.deepEqual([driver.status, driver.memory[0x8000]], [ACTIVE, 0]);
    driver.master.reset();
    assert.deepEqual([driver.status, driver.master.read(POINTER, 4)], [0, 0]);
  });

  it('keeps the data register out of it', () => {
    const driver = new Driver();
    driver.command(READ, 7, 1);
    assert.equal(driver.ata.readPort(0x1f0, 2), 0);
    driver.ata.writePort(0x1f0, 2, 0x1234);
    driver.table([0x8000, 0x200]);
    driver.start(TO_MEMORY);
    assert.equal(driver.memory[0x8000], 7);
  });

  it('does not interrupt while the drive is told not to', () => {
    const driver = new Driver();
    driver.ata.writePort(0x3f6, 1, 2);
    driver.table([0x8000, 0x200]);
    driver.command(READ, 7, 1);
    driver.start(TO_MEMORY);
    assert.equal(driver.status, 0);
    assert.ok(driver.interrupts.every((line) => line.startsWith('false')));
  });
});

describe('transfer modes of an ATA drive', () => {
  const words = (driver: Driver): number[] => {
    driver.ata.writePort(0x1f7, 1, 0xec);
    return Array.from({ length: 256 }, () => driver.ata.readPort(0x1f0, 2));
  };
  const choose = (driver: Driver, mode: number): number => {
    driver.ata.writePort(0x1f1, 1, 3);
    driver.ata.writePort(0x1f2, 1, mode);
    driver.ata.writePort(0x1f7, 1, 0xef);
    return driver.ata.readPort(0x1f7, 1);
  };

  it('are told by IDENTIFY DEVICE, and chosen by SET FEATURES', () => {
    const driver = new Driver();
    const told = (): string[] =>
      [49, 53, 63, 64, 65, 68, 88].map((n) => (words(driver)[n] ?? 0).toString(16));
    assert.deepEqual(told(), ['300', '7', '7', '3', '78', '78', '203f']);
    assert.equal(choose(driver, 0x22), 0x50);
    assert.deepEqual(told(), ['300', '7', '407', '3', '78', '78', '3f']);
    assert.equal(choose(driver, 0x44), 0x50);
    assert.deepEqual(told().slice(-1), ['103f']);
    const other = new Driver();
    other.ata.restore(structuredClone(driver.ata.save()));
    assert.equal(words(other)[88], 0x103f);
    assert.equal(choose(driver, 0x0c), 0x50); // PIO 4
    assert.deepEqual(told().slice(-1), ['103f']);
    for (const none of [0x02, 0x0d, 0x10, 0x23, 0x46, 0x80])
      assert.equal(choose(driver, none), 0x51);
    driver.ata.reset();
    assert.equal(words(driver)[88], 0x203f);
  });
});

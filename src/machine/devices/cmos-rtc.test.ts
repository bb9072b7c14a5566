import assert from 'node:assert/strict';
import { Clock } from './clock';
import { CmosRtc } from './cmos-rtc';

const SECOND = 1_000_000;

/** 2024-02-28 23:59:50, a Wednesday before a leap day. */
const START = Date.UTC(2024, 1, 28, 23, 59, 50) / 1000;

function setUp() {
  const clock = new Clock();
  const irq: string[] = [];
  const rtc = new CmosRtc({
    clock,
    instructionsPerSecond: SECOND,
    startTime: START,
    memorySize: 64 * 1024 * 1024,
    irq: (level) => irq.push(`${level ? '+' : '-'}${clock.now / SECOND}`),
  });
  const read = (index: number) => {
    rtc.writePort(0x70, 1, index);
    return rtc.readPort(0x71);
  };
  const write = (index: number, value: number) => {
    rtc.writePort(0x70, 1, index);
    rtc.writePort(0x71, 1, value);
  };
  const time = () => [9, 8, 7, 4, 2, 0].map((index) => read(index).toString(16)).join(' ');
  return { clock, rtc, irq, read, write, time };
}

describe('CMOS RTC', () => {
  it('tells the time in BCD, over a leap day', () => {
    const { clock, time, read } = setUp();
    assert.equal(time(), '24 2 28 23 59 50');
    assert.equal(read(6), 4);
    assert.equal(read(0x32), 0x20);
    clock.advanceTo(10 * SECOND);
    assert.equal(time(), '24 2 29 0 0 0');
  });

  it('tells it in binary and in 12 hours', () => {
    const { read, write } = setUp();
    write(0xb, 0x06);
    assert.deepEqual([read(4), read(2)], [23, 59]);
    write(0xb, 0x00);
    assert.equal(read(4), 0x91); // 11 p.m.
  });

  it('is set while SET stops it', () => {
    const { clock, write, time } = setUp();
    write(0xb, 0x82);
    clock.advanceTo(5 * SECOND);
    assert.equal(time(), '24 2 28 23 59 50');
    write(9, 0x99);
    write(8, 0x12);
    write(7, 0x31);
    write(0x32, 0x19);
    write(0xb, 0x02);
    clock.advanceTo(15 * SECOND);
    assert.equal(time(), '0 1 1 0 0 0');
  });

  it('keeps memory, but not the index port', () => {
    const { rtc, read, write } = setUp();
    write(0x40, 0x5a);
    assert.equal(read(0x40), 0x5a);
    assert.equal(rtc.readPort(0x70), 0xff);
    assert.equal(rtc.nmiMasked, false);
    rtc.writePort(0x70, 1, 0x8d);
    assert.equal(rtc.nmiMasked, true);
    assert.equal(rtc.readPort(0x71), 0x80);
  });

  it('tells memory sizes', () => {
    const { read } = setUp();
    assert.equal(read(0x15) | (read(0x16) << 8), 640);
    assert.equal(read(0x17) | (read(0x18) << 8), 63 * 1024);
    assert.equal((read(0x34) | (read(0x35) << 8)) * 65536, 48 * 1024 * 1024);
  });

  it('interrupts at every update until register C is read', () => {
    const { clock, irq, read, write } = setUp();
    write(0xb, 0x12);
    clock.advanceTo(1.5 * SECOND);
    // The periodic flag is set at 1024 Hz too, enabled or not.
    assert.equal(read(0xc), 0xd0);
    assert.equal(read(0xc), 0);
    clock.advanceTo(2 * SECOND);
    assert.deepEqual(irq, ['+1', '-1.5', '+2']);
  });

  it('interrupts at the alarm', () => {
    const { clock, irq, read, write } = setUp();
    write(1, 0x05);
    write(3, 0x00);
    write(5, 0xff);
    write(0xb, 0x22);
    clock.advanceTo(60 * SECOND);
    assert.deepEqual(irq, ['+15']);
    assert.equal(read(0xc), 0xf0);
  });

  it('interrupts periodically', () => {
    const { clock, irq, read, write } = setUp();
    write(0xa, 0x2f); // 2 Hz
    write(0xb, 0x42);
    clock.advanceTo(0.5 * SECOND);
    assert.equal(read(0xc), 0xc0);
    clock.advanceTo(1 * SECOND);
    assert.equal(read(0xc), 0xd0);
    assert.deepEqual(irq, ['+0.5', '-0.5', '+1', '-1']);
    write(0xb, 0x02);
    assert.equal(clock.nextDeadline(), undefined);
  });

  it('goes on from a snapshot', () => {
    const { clock, rtc, write } = setUp();
    write(4, 0x12);
    const other = setUp();
    other.rtc.restore(JSON.parse(JSON.stringify(rtc.save())));
    other.clock.restore(clock.save());
    assert.equal(other.time(), '24 2 28 12 59 50');
  });
});

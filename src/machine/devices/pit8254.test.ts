import assert from 'node:assert/strict';
import { Clock } from './clock';
import { Pit8254 } from './pit8254';

function setUp(instructionsPerTick = 1) {
  const clock = new Clock();
  /** Rising and falling edges of IRQ 0, by time. */
  const edges: string[] = [];
  const pit = new Pit8254({
    clock,
    instructionsPerTick,
    irq: (level) => edges.push(`${level ? '+' : '-'}${clock.now}`),
  });
  const write = (port: number, ...values: number[]) => {
    for (const value of values) pit.writePort(port, 1, value);
  };
  const read = (port: number) => pit.readPort(port);
  /** The count of a channel by the latch command. */
  const latched = (channel: number) => {
    write(0x43, channel << 6);
    return read(0x40 + channel) | (read(0x40 + channel) << 8);
  };
  /** OUT of channel 2, and its gate. */
  const out2 = () => (read(0x61) & 0x20) !== 0;
  const gate2 = (level: boolean) => {
    write(0x61, level ? 1 : 0);
  };
  return { clock, pit, edges, write, read, latched, out2, gate2 };
}

describe('8254 PIT', () => {
  it('mode 0: interrupt on terminal count', () => {
    const { clock, edges, write, latched } = setUp();
    write(0x43, 0x30);
    write(0x40, 10, 0);
    assert.equal(clock.nextDeadline(), 11);
    clock.advanceTo(4);
    assert.equal(latched(0), 7);
    clock.advanceTo(100);
    assert.deepEqual(edges, ['-0', '+11']);
    assert.equal(latched(0), (10 - 99) & 0xffff);
  });

  it('mode 0: the first byte of a new count stops it', () => {
    const { clock, edges, write } = setUp();
    write(0x43, 0x30);
    write(0x40, 10, 0);
    clock.advanceTo(5);
    write(0x40, 20);
    clock.advanceTo(50);
    assert.deepEqual(edges, ['-0']);
    write(0x40, 0);
    clock.advanceTo(100);
    assert.deepEqual(edges, ['-0', '+71']);
  });

  it('mode 2: rate generator', () => {
    const { clock, edges, write, latched } = setUp();
    write(0x43, 0x34);
    write(0x40, 100, 0);
    clock.advanceTo(31);
    assert.equal(latched(0), 70);
    clock.advanceTo(301);
    assert.deepEqual(edges, ['-100', '+101', '-200', '+201', '-300', '+301']);
  });

  it('mode 2: a new count waits for the end of the cycle', () => {
    const { clock, edges, write } = setUp();
    write(0x43, 0x34);
    write(0x40, 100, 0);
    clock.advanceTo(50);
    write(0x40, 10, 0);
    clock.advanceTo(125);
    assert.deepEqual(edges, ['-100', '+101', '-110', '+111', '-120', '+121']);
  });

  it('mode 3: square wave, even and odd', () => {
    const even = setUp();
    even.write(0x43, 0x36);
    even.write(0x40, 8, 0);
    even.clock.advanceTo(17);
    assert.deepEqual(even.edges, ['-5', '+9', '-13', '+17']);
    const odd = setUp();
    odd.write(0x43, 0x36);
    odd.write(0x40, 5, 0);
    odd.clock.advanceTo(11);
    assert.deepEqual(odd.edges, ['-4', '+6', '-9', '+11']);
  });

  it('mode 3 counts by two', () => {
    const { clock, write, latched } = setUp();
    write(0x43, 0x36);
    write(0x40, 8, 0);
    const seen = [];
    for (let t = 1; t <= 9; t++) {
      clock.advanceTo(t);
      seen.push(latched(0));
    }
    assert.deepEqual(seen, [8, 6, 4, 2, 8, 6, 4, 2, 8]);
  });

  it('mode 1: one-shot, started and restarted by the gate', () => {
    const { clock, write, out2, gate2 } = setUp();
    write(0x43, 0xb2);
    write(0x42, 10, 0);
    assert.equal(out2(), true);
    clock.advanceTo(20);
    assert.equal(out2(), true);
    gate2(true);
    assert.equal(out2(), false);
    clock.advanceTo(25);
    gate2(false);
    gate2(true);
    clock.advanceTo(35);
    assert.equal(out2(), false);
    clock.advanceTo(36);
    assert.equal(out2(), true);
  });

  it('mode 4: software strobe', () => {
    const { clock, write, out2, gate2 } = setUp();
    gate2(true);
    write(0x43, 0xb8);
    write(0x42, 5, 0);
    const low = [];
    for (let t = 0; t <= 20; t++) {
      clock.advanceTo(t);
      if (!out2()) low.push(t);
    }
    assert.deepEqual(low, [6]);
  });

  it('mode 5: hardware strobe', () => {
    const { clock, write, out2, gate2 } = setUp();
    write(0x43, 0xba);
    write(0x42, 5, 0);
    clock.advanceTo(10);
    gate2(true);
    const low = [];
    for (let t = 10; t <= 30; t++) {
      clock.advanceTo(t);
      if (!out2()) low.push(t);
    }
    assert.deepEqual(low, [16]);
  });

  it('the gate holds counting in mode 0', () => {
    const { clock, write, latched, out2, gate2 } = setUp();
    gate2(true);
    write(0x43, 0xb0);
    write(0x42, 100, 0);
    clock.advanceTo(11);
    gate2(false);
    clock.advanceTo(50);
    assert.equal(latched(2), 90);
    gate2(true);
    clock.advanceTo(139);
    assert.equal(out2(), false);
    clock.advanceTo(140);
    assert.equal(out2(), true);
  });

  it('counts 65,536 for 0, and in BCD', () => {
    const { clock, write, latched } = setUp();
    write(0x43, 0x34);
    write(0x40, 0, 0);
    clock.advanceTo(2);
    assert.equal(latched(0), 0xffff);
    write(0x43, 0x35);
    write(0x40, 0x00, 0x10); // 1000
    clock.advanceTo(4);
    assert.equal(latched(0), 0x0999);
  });

  it('reads single bytes as the control word says', () => {
    const { clock, write, read } = setUp();
    write(0x43, 0x14); // low byte only
    write(0x40, 0x80);
    clock.advanceTo(1);
    assert.deepEqual([read(0x40), read(0x40)], [0x80, 0x80]);
    write(0x43, 0x24); // high byte only
    write(0x40, 0x12);
    clock.advanceTo(2);
    assert.equal(read(0x40), 0x12);
  });

  it('latches count and status by read-back', () => {
    const { clock, write, read } = setUp();
    write(0x43, 0x34);
    write(0x43, 0xe2); // status of channel 0
    assert.equal(read(0x40), 0x80 | 0x40 | 0x34);
    write(0x40, 100, 0);
    clock.advanceTo(11);
    write(0x43, 0xc2); // both
    clock.advanceTo(60);
    assert.deepEqual([read(0x40), read(0x40), read(0x40)], [0x80 | 0x34, 90, 0]);
  });

  it('keeps a latched count until it is read', () => {
    const { clock, write, read } = setUp();
    write(0x43, 0x34);
    write(0x40, 100, 0);
    clock.advanceTo(11);
    write(0x43, 0x00);
    clock.advanceTo(21);
    write(0x43, 0x00);
    assert.deepEqual([read(0x40), read(0x40)], [90, 0]);
    assert.deepEqual([read(0x40), read(0x40)], [80, 0]);
  });

  it('derives ticks from instructions, also fractions of them', () => {
    const { clock, edges, write } = setUp(83.8);
    write(0x43, 0x34);
    write(0x40, 10, 0);
    clock.advanceTo(2000);
    assert.deepEqual(edges, ['-838', '+922', '-1676', '+1760']);
  });

  it('goes on from a snapshot', () => {
    const first = setUp();
    first.write(0x43, 0x34);
    first.write(0x40, 100, 0);
    first.clock.advanceTo(150);
    const second = setUp();
    second.clock.restore(first.clock.save());
    second.pit.restore(JSON.parse(JSON.stringify(first.pit.save())));
    second.clock.advanceTo(301);
    assert.deepEqual(second.edges, ['-200', '+201', '-300', '+301']);
  });

  it('drives the speaker only with both bits of port 0x61', () => {
    const clock = new Clock();
    const levels: string[] = [];
    const pit = new Pit8254({
      clock,
      instructionsPerTick: 1,
      onSpeaker: (level) => levels.push(`${level ? '+' : '-'}${clock.now}`),
    });
    pit.writePort(0x43, 1, 0xb6);
    pit.writePort(0x42, 1, 10);
    pit.writePort(0x42, 1, 0);
    pit.writePort(0x61, 1, 1);
    clock.advanceTo(20);
    assert.deepEqual(levels, []);
    pit.writePort(0x61, 1, 3);
    clock.advanceTo(31);
    assert.deepEqual(levels, ['+21', '-26', '+31']);
    assert.equal(pit.readPort(0x61) & 3, 3);
  });
});

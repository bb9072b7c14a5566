import assert from 'node:assert/strict';
import { Clock } from './clock';
import { Configuration, Hpet, LegacyIrq, Timer } from './hpet';

const CONFIGURATION = 0x10;
const STATUS = 0x20;
const COUNTER = 0xf0;
const timerAt = (n: number): number => 0x100 + 0x20 * n;

function setUp() {
  const clock = new Clock();
  /** Each rising edge: when, and on which line. */
  const edges: [at: number, line: number][] = [];
  const levels = new Map<number, boolean>();
  const hpet = new Hpet({
    clock,
    instructionsPerSecond: 100_000_000,
    line: (number) => (level) => {
      levels.set(number, level);
      if (level) edges.push([clock.now, number]);
    },
  });
  const write = (offset: number, value: bigint) => {
    hpet.write(offset, 8, value);
  };
  const read = (offset: number) => hpet.read(offset, 8);
  return { clock, edges, levels, hpet, write, read };
}

const ROUTE_21 = 21n << 9n;

describe('HPET', () => {
  it('tells what it is, and reads by halves', () => {
    const { hpet, read } = setUp();
    assert.equal(read(0), 0x0098_9680_8086_a201n);
    assert.equal(hpet.read(4, 4), 10_000_000n);
    assert.equal(read(timerAt(0)) >> 32n, 0xf0_0000n);
    assert.equal(hpet.read(timerAt(2), 4) & 0x30n, 0x30n);
    assert.equal(read(timerAt(3)), 0n);
  });

  it('counts while it is enabled, and can be set while it is not', () => {
    const { clock, hpet, write, read } = setUp();
    clock.advanceTo(50);
    assert.equal(read(COUNTER), 0n);
    hpet.write(COUNTER, 4, 0xffff_fff0n);
    write(CONFIGURATION, Configuration.ENABLE);
    clock.advanceTo(70);
    assert.equal(read(COUNTER), 0x1_0000_0004n);
    write(COUNTER, 0n);
    assert.equal(read(COUNTER), 0x1_0000_0004n);
    write(CONFIGURATION, 0n);
    clock.advanceTo(90);
    assert.equal(read(COUNTER), 0x1_0000_0004n);
  });

  it('interrupts once, by an edge', () => {
    const { clock, edges, hpet, write } = setUp();
    write(timerAt(1), Timer.INTERRUPT | ROUTE_21);
    write(timerAt(1) + 8, 300n);
    write(CONFIGURATION, Configuration.ENABLE);
    assert.deepEqual(hpet.armedLines, [21]);
    clock.advanceTo(1_000_000);
    assert.deepEqual(edges, [[300, 21]]);
    assert.deepEqual(hpet.armedLines, []);
  });

  it('interrupts in 32-bit mode each time the counter goes round', () => {
    const { clock, edges, write } = setUp();
    write(timerAt(1), Timer.INTERRUPT | Timer.NARROW | ROUTE_21);
    write(timerAt(1) + 8, 300n);
    write(CONFIGURATION, Configuration.ENABLE);
    clock.advanceTo(2 ** 32 + 1000);
    assert.deepEqual(
      edges.map(([at]) => at),
      [300, 2 ** 32 + 300],
    );
  });

  it('interrupts periodically, from the value that was set', () => {
    const { clock, edges, write, read } = setUp();
    write(timerAt(0), Timer.INTERRUPT | Timer.PERIODIC | Timer.SET_VALUE | ROUTE_21);
    write(timerAt(0) + 8, 500n);
    write(timerAt(0) + 8, 1000n);
    write(CONFIGURATION, Configuration.ENABLE);
    clock.advanceTo(3000);
    assert.deepEqual(
      edges.map(([at]) => at),
      [500, 1500, 2500],
    );
    assert.equal(read(timerAt(0) + 8), 3500n);
  });

  it('keeps a level until its status is cleared', () => {
    const { clock, levels, write, read } = setUp();
    write(timerAt(2), Timer.INTERRUPT | Timer.LEVEL | ROUTE_21);
    write(timerAt(2) + 8, 10n);
    write(CONFIGURATION, Configuration.ENABLE);
    clock.advanceTo(20);
    assert.equal(levels.get(21), true);
    assert.equal(read(STATUS), 4n);
    write(STATUS, 3n);
    assert.equal(levels.get(21), true);
    write(STATUS, 4n);
    assert.equal(levels.get(21), false);
  });

  it('takes the place of the old timer and clock', () => {
    const { clock, levels, edges, hpet, write } = setUp();
    const timer = hpet.passing(LegacyIrq.TIMER);
    timer(true);
    assert.equal(levels.get(0), true);
    write(timerAt(0), Timer.INTERRUPT);
    write(timerAt(0) + 8, 10n);
    write(timerAt(1), Timer.INTERRUPT);
    write(timerAt(1) + 8, 20n);
    write(CONFIGURATION, Configuration.ENABLE | Configuration.LEGACY);
    assert.equal(levels.get(0), false);
    edges.length = 0;
    timer(false);
    timer(true);
    clock.advanceTo(30);
    assert.deepEqual(edges, [
      [10, 0],
      [20, 8],
    ]);
    write(CONFIGURATION, 0n);
    assert.equal(levels.get(8), false);
    assert.equal(levels.get(0), true);
  });

  it('leaves routes that there are not, and writes of bytes', () => {
    const { hpet, write, read } = setUp();
    write(timerAt(0), 2n << 9n);
    assert.equal((read(timerAt(0)) & Timer.ROUTE) >> 9n, 20n);
    hpet.write(CONFIGURATION, 1, 1n);
    hpet.write(CONFIGURATION + 2, 4, 1n);
    assert.equal(read(CONFIGURATION), 0n);
  });

  it('stays quick with periods that no software can follow', () => {
    const { clock, edges, write } = setUp();
    write(timerAt(0), Timer.INTERRUPT | Timer.PERIODIC | Timer.SET_VALUE | ROUTE_21);
    write(timerAt(0) + 8, 1n);
    write(CONFIGURATION, Configuration.ENABLE);
    clock.advanceTo(100_000);
    assert.ok(edges.length <= 1001);
  });

  it('goes on from a snapshot', () => {
    const [one, other] = [setUp(), setUp()];
    one.write(timerAt(0), Timer.INTERRUPT | Timer.PERIODIC | Timer.SET_VALUE | ROUTE_21);
    one.write(timerAt(0) + 8, 700n);
    one.write(CONFIGURATION, Configuration.ENABLE);
    one.clock.advanceTo(1000);
    other.clock.restore(one.clock.save());
    other.hpet.restore(one.hpet.save());
    other.clock.advanceTo(3000);
    assert.deepEqual(
      other.edges.map(([at]) => at),
      [1400, 2100, 2800],
    );
  });
});

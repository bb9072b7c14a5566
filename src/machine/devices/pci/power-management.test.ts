import assert from 'node:assert/strict';
import { Clock } from '../clock';
import { PortBus } from '../port-bus';
import { PowerManagement } from './power-management';

const SECOND = 100_000_000;
/** The first time that bit 23 of the timer changes. */
const CARRY = Math.ceil((2 ** 23 * SECOND) / 3_579_545);
const [STATUS, ENABLE, CONTROL, TIMER] = [0x600, 0x602, 0x604, 0x608];

function computer() {
  const clock = new Clock();
  const bus = new PortBus();
  const log: string[] = [];
  let level = false;
  const power = new PowerManagement({
    clock,
    instructionsPerSecond: SECOND,
    sci: (now) => {
      if (now !== level) log.push(now ? 'SCI' : 'no SCI');
      level = now;
    },
    onPowerOff: () => log.push('off'),
  });
  bus.attachMovable(power);
  return { clock, bus, log, power };
}

describe('power management', () => {
  it('powers off only by sleep enable with type 0', () => {
    const { bus, log } = computer();
    bus.write(CONTROL, 2, 0x0400);
    bus.write(CONTROL, 2, 0x2400);
    assert.deepEqual(log, []);
    bus.write(CONTROL, 2, 0x2000);
    assert.deepEqual(log, ['off']);
    assert.equal(bus.read(CONTROL, 2), 0);
    bus.write(CONTROL + 1, 1, 0x20);
    assert.deepEqual(log, ['off', 'off']);
  });

  it('has the timer, in parts too, which cannot be written', () => {
    const { clock, bus } = computer();
    clock.advanceTo(SECOND);
    bus.write(TIMER, 4, 0);
    assert.equal(bus.read(TIMER, 4), 3_579_545);
    assert.equal(bus.read(TIMER, 2), 3_579_545 & 0xffff);
    assert.equal(bus.read(TIMER + 2, 1), 3_579_545 >> 16);
  });

  it('interrupts when the highest bit of the timer changes, by its level', () => {
    const { clock, bus, log } = computer();
    clock.advanceTo(CARRY - 1);
    assert.equal(bus.read(STATUS, 2), 0);
    clock.advanceTo(CARRY);
    assert.equal(bus.read(STATUS, 4), 1);
    assert.deepEqual(log, []);
    bus.write(ENABLE, 2, 0xffff);
    assert.equal(bus.read(ENABLE, 2), 0x0521);
    assert.deepEqual(log, ['SCI']);
    bus.write(STATUS, 2, 0xfffe);
    assert.deepEqual(log, ['SCI']);
    bus.write(STATUS, 2, 1);
    assert.deepEqual([bus.read(STATUS, 2), ...log], [0, 'SCI', 'no SCI']);
    assert.equal(clock.nextDeadline(), Math.ceil((2 ** 24 * SECOND) / 3_579_545));
    clock.advanceTo(2 * CARRY);
    assert.deepEqual(log.slice(2), ['SCI']);
    assert.equal(clock.nextDeadline(), undefined);
    bus.write(ENABLE, 1, 0);
    assert.deepEqual(log.slice(3), ['no SCI']);
    assert.equal(bus.read(STATUS, 2), 1);
  });

  it('turns ACPI on and off by the port of advanced power management', () => {
    const { bus } = computer();
    assert.equal(bus.read(CONTROL, 2), 0);
    bus.write(0xb2, 1, 0xf1);
    assert.equal(bus.read(CONTROL, 2), 1);
    assert.equal(bus.read(0xb2, 1), 0xf1);
    bus.write(0xb3, 1, 5);
    bus.write(0xb2, 1, 0xf0);
    assert.deepEqual([bus.read(CONTROL, 2), bus.read(0xb3, 1)], [0, 5]);
  });

  it('has general-purpose events, of which none comes', () => {
    const { bus } = computer();
    bus.write(0xafe0, 4, 0xffff_ffff);
    assert.equal(bus.read(0xafe0, 4), 0xffff_0000);
  });

  it('lies where software places it', () => {
    const { bus, power } = computer();
    power.writeConfiguration(0x40, 4, 0xb013);
    assert.equal(power.readConfiguration(0x40, 4), 0xb001);
    bus.write(0xb002, 2, 0x101);
    assert.equal(bus.read(0xb002, 2), 0x101);
    assert.equal(bus.deviceAt(STATUS), undefined);
    power.writeConfiguration(0x80, 1, 0);
    assert.equal(bus.deviceAt(0xb002), undefined);
    assert.equal(power.readConfiguration(0x58, 4), 0x0200_0000); // there is no SMM to set up
  });

  it('goes on after it was saved and restored, and forgets on reset', () => {
    const one = computer();
    one.bus.write(ENABLE, 2, 1);
    one.bus.write(0xb2, 1, 0xf1);
    one.clock.advanceTo(CARRY);
    one.bus.write(STATUS, 2, 1);
    one.power.writeConfiguration(0x40, 4, 0xb000);
    const other = computer();
    other.clock.restore(structuredClone(one.clock.save()));
    other.power.restore(structuredClone(one.power.save()));
    assert.deepEqual(
      [0xb000, 0xb002, 0xb004].map((port) => other.bus.read(port, 2)),
      [0, 1, 1],
    );
    other.clock.advanceTo(3 * CARRY);
    assert.deepEqual(other.log, ['SCI']);
    other.power.reset();
    assert.deepEqual(
      [STATUS, ENABLE, CONTROL].map((port) => other.bus.read(port, 2)),
      [0, 0, 0],
    );
    assert.deepEqual(other.log, ['SCI', 'no SCI']);
  });
});

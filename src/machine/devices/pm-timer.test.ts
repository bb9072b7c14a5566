import assert from 'node:assert/strict';
import { Clock } from './clock';
import { PM_TIMER_FREQUENCY, PmTimer } from './pm-timer';
import { PortBus } from './port-bus';

const SECOND = 100_000_000;
const PORT = 0x608;

function timer(): { clock: Clock; bus: PortBus } {
  const clock = new Clock();
  const bus = new PortBus();
  bus.attach(new PmTimer({ clock, instructionsPerSecond: SECOND }));
  return { clock, bus };
}

describe('ACPI timer', () => {
  it('counts 3,579,545 times a second', () => {
    const { clock, bus } = timer();
    assert.equal(bus.read(PORT, 4), 0);
    clock.advanceTo(28);
    assert.equal(bus.read(PORT, 4), 1);
    clock.advanceTo(SECOND);
    assert.equal(bus.read(PORT, 4), PM_TIMER_FREQUENCY);
  });

  it('goes round after 24 bits, and is exact after years', () => {
    const { clock, bus } = timer();
    clock.advanceTo(5 * SECOND);
    assert.equal(bus.read(PORT, 4), (5 * PM_TIMER_FREQUENCY) % 2 ** 24);
    const longest = 10_000_000;
    clock.advanceTo(longest * SECOND + SECOND / 2);
    const exact = BigInt(longest) * BigInt(PM_TIMER_FREQUENCY) + BigInt(PM_TIMER_FREQUENCY >> 1);
    assert.equal(BigInt(bus.read(PORT, 4)), exact % 2n ** 24n);
  });

  it('is read in parts, too, and cannot be written', () => {
    const { clock, bus } = timer();
    clock.advanceTo(SECOND);
    bus.write(PORT, 4, 0);
    assert.equal(bus.read(PORT, 2), PM_TIMER_FREQUENCY & 0xffff);
    assert.equal(bus.read(PORT + 2, 1), PM_TIMER_FREQUENCY >> 16);
  });
});

import assert from 'node:assert/strict';
import { Clock } from './clock';
import { PM_TIMER_FREQUENCY, PmTimer } from './pm-timer';

const SECOND = 100_000_000;

function set(): { clock: Clock; timer: PmTimer } {
  const clock = new Clock();
  return { clock, timer: new PmTimer({ clock, instructionsPerSecond: SECOND }) };
}

describe('ACPI timer', () => {
  it('counts 3,579,545 times a second', () => {
    const { clock, timer } = set();
    assert.equal(timer.count, 0);
    clock.advanceTo(28);
    assert.equal(timer.count, 1);
    clock.advanceTo(SECOND);
    assert.equal(timer.count, PM_TIMER_FREQUENCY);
  });

  it('goes round after 24 bits, and is exact after years', () => {
    const { clock, timer } = set();
    clock.advanceTo(5 * SECOND);
    assert.equal(timer.count, (5 * PM_TIMER_FREQUENCY) % 2 ** 24);
    const longest = 10_000_000;
    clock.advanceTo(longest * SECOND + SECOND / 2);
    const exact = BigInt(longest) * BigInt(PM_TIMER_FREQUENCY) + BigInt(PM_TIMER_FREQUENCY >> 1);
    assert.equal(BigInt(timer.count), exact % 2n ** 24n);
  });

  it('knows when its highest bit changes', () => {
    for (const carries of [1, 2, 3, 1000]) {
      const { clock, timer } = set();
      const time = timer.timeOf(carries);
      clock.advanceTo(time - 1);
      assert.equal(timer.carries, carries - 1);
      clock.advanceTo(time);
      assert.equal(timer.carries, carries);
      assert.equal(timer.count & 0x7f_ffff, 0);
      assert.equal(timer.count >>> 23, carries & 1);
    }
  });
});

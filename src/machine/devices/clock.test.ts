import assert from 'node:assert/strict';
import { Clock, type TimedDevice } from './clock';

describe('clock', () => {
  const log: string[] = [];
  const device = (name: string, then?: (now: number) => void): TimedDevice => ({
    name,
    timeReached: (now) => {
      log.push(`${name} ${now}`);
      then?.(now);
    },
  });
  beforeEach(() => {
    log.length = 0;
  });

  it('serves deadlines in order, each at its own time', () => {
    const clock = new Clock();
    const [a, b] = [device('a'), device('b')];
    clock.attach(a);
    clock.attach(b);
    clock.schedule(b, 5);
    clock.schedule(a, 9);
    assert.equal(clock.nextDeadline(), 5);
    clock.advanceTo(4);
    assert.deepEqual(log, []);
    clock.advanceTo(20);
    assert.deepEqual(log, ['b 5', 'a 9']);
    assert.equal(clock.now, 20);
    assert.equal(clock.nextDeadline(), undefined);
  });

  it('lets a device wait again while time moves on', () => {
    const clock = new Clock();
    const ticking = device('t', (now) => {
      clock.schedule(ticking, now + 10);
    });
    clock.attach(ticking);
    clock.schedule(ticking, 10);
    clock.advanceTo(35);
    assert.deepEqual(log, ['t 10', 't 20', 't 30']);
    assert.equal(clock.nextDeadline(), 40);
  });

  it('serves equal deadlines in the order of attachment, and forgets cancelled ones', () => {
    const clock = new Clock();
    const [a, b, c] = [device('a'), device('b'), device('c')];
    for (const each of [a, b, c]) clock.attach(each);
    clock.schedule(c, 3);
    clock.schedule(b, 3);
    clock.schedule(a, 3);
    clock.schedule(b, undefined);
    clock.advanceTo(3);
    assert.deepEqual(log, ['a 3', 'c 3']);
  });

  it('goes on from a snapshot', () => {
    const clock = new Clock();
    const a = device('a');
    clock.attach(a);
    clock.schedule(a, 100);
    clock.advanceTo(60);
    const state = clock.save();
    assert.deepEqual(JSON.parse(JSON.stringify(state)), { now: 60, deadlines: { a: 100 } });
    clock.advanceTo(200);
    clock.restore(state);
    clock.advanceTo(150);
    assert.deepEqual(log, ['a 100', 'a 100']);
  });

  it('never goes back, and knows its devices apart', () => {
    const clock = new Clock();
    clock.attach(device('a'));
    clock.advanceTo(1);
    assert.throws(() => {
      clock.advanceTo(0);
    }, RangeError);
    assert.throws(() => {
      clock.attach(device('a'));
    }, /a$/);
  });
});

import assert from 'node:assert/strict';
import { Computer } from '../machine/computer';
import { Pace } from './pace';

/** 100 million units make a second of the machine's time. */
const MILLISECOND = 100_000;

/** A machine that computes or rests, and a clock of a person's. */
function scene() {
  const computer = new Computer({ memory: 0x10000 });
  let wall = 5000;
  const pace = new Pace(computer, () => wall);
  const progress = { retired: 0, time: 0 };
  Object.defineProperty(computer, 'processor', { value: progress });
  pace.begin();
  return {
    pace,
    computer,
    compute: (machine: number, took: number) => {
      progress.retired += machine * MILLISECOND;
      progress.time += machine * MILLISECOND;
      wall += took;
    },
    rest: (machine: number) => {
      progress.time += machine * MILLISECOND;
    },
    waits: (milliseconds: number) => {
      wall += milliseconds;
    },
  };
}

describe('the pace of a machine beside a person', () => {
  it('sleeps as long as the guest does', () => {
    const { pace, rest, waits } = scene();
    rest(55);
    assert.equal(pace.wait(), 55);
    waits(55);
    assert.equal(pace.wait(), 0);
  });

  it('what the guest has computed more slowly than its time tells is taken off', () => {
    const { pace, rest, compute } = scene();
    compute(10, 40);
    rest(55);
    assert.equal(pace.wait(), 25);
  });

  it('computes as fast as it can, and owes nothing for it', () => {
    const { pace, rest, compute } = scene();
    compute(400, 100);
    assert.equal(pace.wait(), 0);
    rest(55);
    assert.equal(pace.wait(), 55);
  });

  it('while a person plays, computing takes its time, too', () => {
    const { pace, compute } = scene();
    pace.attended = true;
    compute(400, 100);
    assert.equal(pace.wait(), 300);
  });

  it('does not race after a long lag, nor after a stop', () => {
    const { pace, rest, compute, waits } = scene();
    compute(0, 10_000);
    assert.equal(pace.wait(), 0);
    rest(155);
    assert.equal(pace.wait(), 55);
    waits(60_000);
    pace.begin();
    rest(55);
    assert.equal(pace.wait(), 55);
  });

  it('short rests add up until a timer can wait for them', () => {
    const { pace, rest } = scene();
    rest(1.5);
    assert.equal(pace.wait(), 0);
    rest(1.5);
    assert.equal(pace.wait(), 3);
  });

  it('is asked after a long sleep; while a person plays, after computing, too', () => {
    const { pace, rest, compute } = scene();
    compute(400, 100);
    rest(9);
    assert.equal(pace.isDue, false);
    rest(1);
    assert.equal(pace.isDue, true);
    pace.begin();
    pace.attended = true;
    compute(1, 0);
    assert.equal(pace.isDue, false);
    compute(1, 0);
    assert.equal(pace.isDue, true);
  });
});

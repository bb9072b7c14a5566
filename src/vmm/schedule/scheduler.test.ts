import assert from 'node:assert/strict';
import type { Processor } from '../../processor/processor';
import { Scheduler, type Scheduled } from './scheduler';

const SLICE = 100;

interface Guest extends Scheduled {
  ended: boolean;
  left: number;
  readonly host: {
    -readonly [Name in keyof Scheduled['host']]: Scheduled['host'][Name];
  } & { forgotten: number };
}

function guest(): Guest {
  const host = {
    forgotten: 0,
    timer: { forget: () => host.forgotten++ } as unknown as Scheduled['host']['timer'],
    isWoken: false,
    wakesByItself: false,
    deadline: undefined as number | undefined,
    passTime: () => undefined,
  };
  const made: Guest = {
    ended: false,
    left: 0,
    host,
    leave: () => void made.left++,
    arrive: () => undefined,
  };
  return made;
}

function three(byHostTimer = true) {
  const guests = [guest(), guest(), guest()] as const;
  const cpu = { time: 0, flushed: 0, flushWorld: (world: number) => (cpu.flushed += world) };
  const scheduler = new Scheduler(guests, cpu as unknown as Processor, byHostTimer, SLICE);
  scheduler.beginSlice();
  return { guests, cpu, scheduler };
}

describe('whose turn it is', () => {
  it('is each one’s after the other, for a time slice', () => {
    const { scheduler, cpu, guests } = three();
    assert.equal(scheduler.isSliceOver, false);
    cpu.time = SLICE;
    assert.equal(scheduler.isSliceOver, true);
    const order: (number | undefined)[] = [];
    for (let n = 0; n < 4; n++) {
      const other = scheduler.findOther();
      order.push(other);
      scheduler.switchTo(other ?? 0);
    }
    assert.deepEqual(order, [1, 2, 0, 1]);
    assert.equal(scheduler.isSliceOver, false);
    assert.equal(guests[0].left, 2);
    assert.equal(guests[1].host.forgotten, 2);
    assert.equal(cpu.flushed, 4, 'what software has translated was somebody else’s');
  });

  it('is not of those that wait, until an interrupt is there for them', () => {
    const { scheduler, guests } = three();
    scheduler.rest();
    scheduler.switchTo(1);
    scheduler.rest();
    scheduler.switchTo(2);
    assert.equal(scheduler.findOther(), undefined);
    assert.ok(scheduler.isResting(0) && scheduler.isResting(1) && !scheduler.isResting(2));
    guests[1].host.isWoken = true;
    assert.equal(scheduler.findOther(), 1);
    scheduler.switchTo(1);
    assert.equal(scheduler.isResting(1), false);
  });

  it('is not of those that have ended; their heir may wait', () => {
    const { scheduler, guests } = three();
    guests[1].ended = true;
    assert.equal(scheduler.findOther(), 2);
    scheduler.switchTo(2);
    scheduler.rest();
    scheduler.switchTo(0);
    guests[0].ended = true;
    assert.equal(scheduler.findOther(), undefined);
    assert.equal(scheduler.findHeir(), 2);
    guests[2].ended = true;
    assert.equal(scheduler.findHeir(), undefined);
  });

  it('stays as it is while somebody steps, and comes soon to whom somebody wants to see', () => {
    const { scheduler, cpu } = three();
    cpu.time = 10 * SLICE;
    scheduler.held = true;
    assert.equal(scheduler.isSliceOver, false);
    assert.equal(scheduler.findOther(), undefined);
    scheduler.held = false;
    scheduler.beginSlice();
    scheduler.wanted = 2;
    assert.equal(scheduler.isSliceOver, true);
    assert.equal(scheduler.findOther(), 2);
    scheduler.switchTo(2);
    assert.equal(scheduler.isSliceOver, false);
  });

  it('ends by the host’s timer where nothing else ends it', () => {
    assert.equal(three(true).scheduler.deadlineWith(500), SLICE);
    assert.equal(three(true).scheduler.deadlineWith(50), 50);
    assert.equal(three(false).scheduler.deadlineWith(500), 500);
    assert.equal(three(false).scheduler.deadlineWith(undefined), undefined);
  });

  it('lets the host rest until somebody’s device has something to do', () => {
    const { scheduler, guests } = three();
    guests[1].host.deadline = 70;
    guests[2].host.deadline = 40;
    guests[2].ended = true;
    scheduler.rest();
    assert.equal(scheduler.deadlineWith(90), 70);
    assert.equal(scheduler.othersWake, false);
    guests[1].host.wakesByItself = true;
    assert.equal(scheduler.othersWake, true);
  });

  it('is saved and restored', () => {
    const one = three();
    one.scheduler.rest();
    one.scheduler.switchTo(2);
    const other = three();
    other.scheduler.restore(one.scheduler.save());
    assert.deepEqual(other.scheduler.save(), one.scheduler.save());
    assert.equal(other.scheduler.present, 2);
    assert.ok(other.scheduler.isResting(0));
  });
});

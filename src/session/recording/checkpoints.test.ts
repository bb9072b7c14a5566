import assert from 'node:assert/strict';
import type { MachineState } from '../machine';
import { Checkpoints, drop, leastMissed, type Checkpoint } from './checkpoints';
import { NO_CONTROLS } from './controls';
import type { PageVersions } from './page-history';

function at(steps: number, parent?: Checkpoint, pinned = false): Checkpoint {
  const memory: PageVersions = { parent: parent?.memory, pages: new Map() };
  const moment = { steps, time: steps, entries: 0 };
  const state = {} as MachineState;
  const rest = { controls: NO_CONTROLS, beside: undefined, instructions: steps };
  return { moment, memory, state, pinned, ...rest };
}

/** One after the other. */
function chain(...steps: number[]): Checkpoint[] {
  const made: Checkpoint[] = [];
  for (const step of steps) made.push(at(step, made.at(-1)));
  return made;
}

const moment = (steps: number): Checkpoint['moment'] => ({ steps, time: steps, entries: 0 });
const NOWHERE: PageVersions = { parent: undefined, pages: new Map() };

describe('checkpoints', () => {
  it('stand in order, whenever they were made', () => {
    const [a, b, c] = chain(0, 10, 20);
    assert.ok(a && b && c);
    const all = new Checkpoints();
    for (const each of [a, c, b]) all.add(each);
    assert.deepEqual(all.all, [a, b, c]);
    assert.equal(all.lastUpTo(moment(19)), b);
    assert.equal(all.lastUpTo(moment(20)), c);
    assert.equal(all.lastUpTo(moment(-1)), undefined);
    assert.equal(all.nextAfter(moment(10)), c);
    assert.equal(all.nextAfter(moment(20)), undefined);
    assert.deepEqual(all.upTo(moment(10)).all, [a, b]);
  });

  it('are missed least where the way between their neighbours is shortest', () => {
    const list = chain(0, 100, 110, 120, 300);
    assert.equal(leastMissed([new Checkpoints(list)], NOWHERE), list[2]);
  });

  it('stay where they are the first, the last, pinned, present, or others branch off', () => {
    const [first, second] = chain(0, 10);
    assert.ok(first && second);
    assert.equal(leastMissed([new Checkpoints([first, second])], NOWHERE), undefined);
    const pinned = at(20, second, true);
    const last = at(30, pinned);
    const course = new Checkpoints([first, second, pinned, last]);
    assert.equal(leastMissed([course], NOWHERE), second);
    assert.equal(leastMissed([course], second.memory), undefined);
    const branch = new Checkpoints([first, second, at(25, second)]);
    assert.equal(leastMissed([course, branch], NOWHERE), undefined);
  });

  it('leave their pages to the next one', () => {
    const list = chain(0, 10, 20);
    const [, gone, heir] = list;
    assert.ok(gone && heir);
    gone.memory.pages.set(1, Uint8Array.of(1)).set(2, Uint8Array.of(1));
    heir.memory.pages.set(2, Uint8Array.of(2));
    const course = new Checkpoints(list);
    assert.equal(drop([course], gone), 4096);
    assert.deepEqual([...heir.memory.pages.values()], [Uint8Array.of(2), Uint8Array.of(1)]);
    assert.equal(heir.memory.parent, list[0]?.memory);
    assert.equal(course.all.length, 2);
  });
});

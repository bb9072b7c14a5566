import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PAGE_SIZE } from '../processor/state/layout';
import { assembleText, flatImage } from './boot/flat';
import { Machine } from './machine';
import { randomProgram } from './random-programs.testing';
import { MachineRun } from './run';
import { TESTED_WAYS } from './ways.testing';

/**
 * Only frames that somebody may have written are looked at when memory is saved. Here all of it is: whoever writes
 * without telling would be lost from every saved machine, and from its hash.
 */

const SEED = Number(process.env['SEED'] ?? 20_261_128);
const MEMORY = 1 << 20;
const LIMIT = 60_000;
const NOTHING = Buffer.alloc(PAGE_SIZE);

/** The numbers of the frames that hold anything. */
function heldFrames({ computer: { memory } }: Machine): number[] {
  const held: number[] = [];
  for (let frame = 0; frame * PAGE_SIZE < memory.size; frame++) {
    if (!NOTHING.equals(memory.frame(frame * PAGE_SIZE))) held.push(frame);
  }
  return held;
}

describe(`memory that is saved (seed ${String(SEED)})`, () => {
  for (const { name, monitor, paging = 'ept', hosting } of TESTED_WAYS) {
    it(`is all that it holds: ${name}`, async () => {
      const [source = ''] = fc.sample(randomProgram, { seed: SEED, numRuns: 1 });
      const image = flatImage(await assembleText(source));
      const machine = new Machine(image, { monitor, paging, hosting, memory: MEMORY });
      const run = new MachineRun(machine);
      for (const limit of [0, 500, LIMIT]) {
        if (limit > 0) run.turn(60_000, limit);
        assert.deepEqual([...machine.computer.memory.save().frames], heldFrames(machine));
      }
      const saved = machine.save();
      const other = new Machine(image, { monitor, paging, hosting, memory: MEMORY });
      other.restore(saved);
      assert.deepEqual(heldFrames(other), heldFrames(machine));
    });
  }
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleText, flatImage } from './boot/flat';
import { Machine } from './machine';
import { randomProgram } from './random-programs.testing';
import { MachineRun } from './run';

/** `PROGRAMS=1000` runs more, `WATCH_SEED=n` the same ones again. */
const PROGRAMS = Number(process.env['PROGRAMS'] ?? 60);
const SEED = Number(process.env['WATCH_SEED'] ?? 20_261_127);
const MEMORY = 1 << 20;
const LIMIT = 20_000;
/** Page tables, in which the processor sets flags by itself. */
const TABLES = { first: 0x10000, end: 0x14000 };

/** Random programs edit page tables without INVLPG, write code, and read stale translations on purpose. */
describe(`accesses that somebody watches (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(60_000, PROGRAMS * 400));

  it('change nothing that a program can see, and are all told', async () => {
    const property = fc.asyncProperty(randomProgram, async (source) => {
      const image = flatImage(await assembleText(source));
      const options = { monitor: 'none', cpu: 'amd', memory: MEMORY } as const;
      const alone = new Machine(image, options);
      const end = new MachineRun(alone).turn(60_000, LIMIT);
      const machine = new Machine(image, options);
      const { processor, memory } = machine.computer;
      let reads = 0;
      const copy = memory.readBytes(0, MEMORY);
      processor.mmu.watched.begin({
        watches: () => true,
        watchesReads: () => true,
        loaded: () => reads++,
        stored: (address, bytes) => {
          copy.set(memory.readBytes(address, bytes), address);
        },
      });
      assert.equal(new MachineRun(machine).turn(60_000, LIMIT).kind, end.kind);
      assert.equal(machine.stateHash, alone.stateHash);
      const found = memory.readBytes(0, MEMORY);
      assert.ok(reads > 0);
      for (const bytes of [copy, found]) bytes.fill(0, TABLES.first, TABLES.end);
      assert.deepEqual(copy, found);
    });
    await fc.assert(property, { numRuns: PROGRAMS, seed: SEED, endOnFailure: true });
  });
});

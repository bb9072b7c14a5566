import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assemble } from '../program';
import { flatAt } from './boot/flat';
import { Machine } from './machine';
import { WAYS, type Way } from './ways';
import { MachineRun, type Stop } from './run';
import { randomGuest } from './random-guests.testing';

/** `FUZZ_GUESTS=5000` runs more, `FUZZ_SEED=n` the same ones again. */
const GUESTS = Number(process.env['FUZZ_GUESTS'] ?? 25);
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);
const LIMIT = 20_000;
/** A repeated instruction does so many rounds at one go. */
const ONE_GO = 65_536 + 2;
/** Milliseconds: what a turn is given, and what it may take of the processor at most. */
const TURN = 20;
const LONGEST = 1000;

/** Milliseconds of processor time: what else the computer does is left out. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function machineOf(source: string, { monitor, paging = 'ept' }: Way): Promise<Machine> {
  const { image, origin, diagnostics } = await assemble('guest.asm', {
    read: () => Promise.resolve(new TextEncoder().encode(source)),
  });
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  assert.deepEqual(
    errors.map(({ line, message }) => `${String(line)}: ${message}`),
    [],
  );
  const nothing = (): void => undefined;
  const devices = { serial: nothing, debugConsole: nothing };
  return new Machine(flatAt(image, Number(origin)), { monitor, paging, memory: 1 << 20 }, devices);
}

// The seed stands above: a guest that never comes back leaves no other trace.
describe(`random guests (seed ${String(SEED)})`, function () {
  this.timeout(Math.max(60_000, GUESTS * 1000));

  for (const way of WAYS) {
    it(`come back in time, and stop at their limit, under ${way.name}`, async () => {
      const comesBack = fc.asyncProperty(randomGuest, async (source) => {
        const machine = await machineOf(source, way);
        const run = new MachineRun(machine);
        const { processor } = machine.computer;
        let stop: Stop;
        const began = busy();
        do {
          const before = busy();
          stop = run.turn(TURN, LIMIT);
          const took = busy() - before;
          assert.ok(took < LONGEST, `a turn took ${took.toFixed()} ms`);
          assert.ok(busy() - began < 10 * LONGEST, 'the limit is not reached');
        } while (stop.kind === 'spent' && processor.work < LIMIT);
        assert.ok(processor.work <= LIMIT + ONE_GO, `${String(processor.work)} units of work`);
      });
      await fc.assert(comesBack, { numRuns: GUESTS, seed: SEED, endOnFailure: true });
    });
  }

  it('count each iteration of a repeated instruction that exits', async () => {
    const source = 'bits 16\norg 0x7c00\n mov cx, -1\n mov dx, 0x80\n rep outsb\n hlt\n';
    const machine = await machineOf(source, { name: 'vtx', monitor: 'vtx' });
    const stop = new MachineRun(machine).turn(10_000, 1000);
    assert.equal(stop.kind, 'spent');
    assert.ok(Number(machine.computer.processor.state.gpr(1)) > 0xffff - 1000);
  });
});

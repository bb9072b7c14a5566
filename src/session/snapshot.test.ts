import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleText, flatImage } from './boot/flat';
import { Machine } from './machine';
import { TESTED_WAYS, type TestedWay } from './ways.testing';
import { randomProgram, startingOthers } from './random-programs.testing';
import { MachineRun, type Stop } from './run';

/**
 * A machine that is put back to what was saved goes on as it did the first time, from any moment:
 * between two instructions, and between two operations of a handler of the monitor.
 */

const MOMENTS = Number(process.env['MOMENTS'] ?? 120);
const SEED = Number(process.env['SEED'] ?? 20_261_125);
const MEMORY = 1 << 20;
/** Moments of each guest. */
const PER_GUEST = 10;
const AHEAD = 1000;
const LIMIT = 100_000;

interface Guest {
  readonly machine: Machine;
  readonly run: MachineRun;
}

async function boot(
  source: string,
  { monitor, paging = 'ept', hosting, cpus = 1 }: TestedWay,
  alone = true,
): Promise<Guest> {
  const image = flatImage(await assembleText(cpus > 1 ? startingOthers(source) : source));
  // In short turns, so that much is under way in each of them.
  const slice = 320;
  const others = { others: [{ image, memory: MEMORY }], slice };
  const single = alone || monitor === 'none' ? {} : others;
  const together = cpus > 1 ? { cpus, slice } : single;
  const host = hosting && { memory: hosting.memory * ('others' in together ? 2 : 1) };
  const options = { monitor, paging, memory: MEMORY, hosting: host, ...together };
  const machine = new Machine(image, options);
  return { machine, run: new MachineRun(machine) };
}

/** Goes on by so many operations of the monitor and units of work. @returns how many it could */
function advance({ machine, run }: Guest, units: number): number {
  const { processor } = machine.computer;
  let done = 0;
  while (done < units) {
    const before = processor.work;
    const stop = run.inMonitor ? run.operate() : run.execute(units - done);
    if (isOver(stop)) break;
    done += Math.max(1, processor.work - before);
  }
  return done;
}

const isOver = (stop: Stop | undefined): boolean =>
  stop?.kind === 'end' || stop?.kind === 'waiting' || stop?.kind === 'not-implemented';

/** Goes on by so much work: where the moment is does not depend on how the run is cut. */
function advanceTo({ machine, run }: Guest, work: number, piece: number): void {
  const { processor } = machine.computer;
  for (;;) {
    const left = work - processor.work;
    if (left <= 0 && !run.inMonitor) return;
    const stop = run.inMonitor ? run.operate() : run.execute(Math.min(left, piece));
    if (isOver(stop)) return;
  }
}

/** Moments of a guest that lives so long, in order: anywhere, and where much happens, near its end. */
function momentsIn(length: number, choices: readonly number[]): number[] {
  const near = Math.min(300, length);
  const moment = (choice: number): number =>
    choice % 2 ? choice % length : length - 1 - (choice % near);
  return choices.map(moment).sort((a, b) => a - b);
}

describe('a saved machine', function () {
  this.timeout(Math.max(180_000, MOMENTS * 1500));

  const ways = fc.constantFrom(...TESTED_WAYS);
  const mostlyAlone = fc.nat(5).map((n) => n > 0);
  const choices = fc.array(fc.nat(LIMIT), { minLength: PER_GUEST, maxLength: PER_GUEST });

  it(`goes on as before, from ${String(MOMENTS)} moments (seed ${String(SEED)})`, async () => {
    let inHandlers = 0;
    let inGuests = 0;
    const property = async (
      source: string,
      way: TestedWay,
      alone: boolean,
      chosen: number[],
    ): Promise<void> => {
      const [guest, other] = [await boot(source, way, alone), await boot(source, way, alone)];
      const length = advance(other, LIMIT);
      let now = 0;
      for (const [n, moment] of momentsIn(length, chosen).entries()) {
        now += advance(guest, moment - now);
        if (guest.run.inMonitor) inHandlers++;
        else inGuests++;
        const saved = guest.machine.save();
        const here = guest.machine.stateHash;
        advance(guest, AHEAD);
        const there = guest.machine.stateHash;
        // Into the machine itself and into another one that was built alike.
        const { machine, run } = n % 2 ? guest : other;
        machine.restore(saved);
        assert.equal(machine.stateHash, here, 'restored');
        advance({ machine, run }, AHEAD);
        assert.equal(machine.stateHash, there, 'after going on');
        guest.machine.restore(saved);
      }
    };
    const guests = fc.asyncProperty(randomProgram, ways, mostlyAlone, choices, property);
    await fc.assert(guests, { numRuns: MOMENTS / PER_GUEST, seed: SEED });
    assert.equal(inGuests + inHandlers, MOMENTS);
    assert.ok(inHandlers > MOMENTS / 10, `only ${String(inHandlers)} in handlers`);
  });

  it('is the same however the run was cut into pieces', async () => {
    const pieces = fc.integer({ min: 1, max: 300 });
    const property = fc.asyncProperty(randomProgram, ways, pieces, async (source, way, piece) => {
      const whole = await boot(source, way);
      const cut = await boot(source, way);
      advanceTo(whole, LIMIT, LIMIT);
      advanceTo(cut, LIMIT, piece);
      assert.equal(cut.machine.stateHash, whole.machine.stateHash);
    });
    await fc.assert(property, { numRuns: 50, seed: SEED });
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { assembleText, flatImage } from '../boot/flat';
import { Machine } from '../machine';
import { randomProgram, startingOthers } from '../random-programs.testing';
import { MachineRun, type Stop } from '../run';
import { TESTED_WAYS, type TestedWay } from '../ways.testing';
import { compareMoments, isBefore, type Moment } from './moment';
import { Recorder } from './recorder';

/**
 * However somebody goes to and fro in the past of a machine, he finds each moment as it was: registers, memory, devices,
 * TLB and monitor.
 */

const RECORDINGS = Number(process.env['RECORDINGS'] ?? 16);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const MEMORY = 1 << 20;
const LENGTH = 20_000;

interface Recorded {
  readonly machine: Machine;
  readonly run: MachineRun;
  readonly recorder: Recorder;
}

async function record(source: string, way: TestedWay, alone: boolean): Promise<Recorded> {
  const { monitor, paging = 'ept', hosting, cpus = alone || monitor !== 'none' ? 1 : 2 } = way;
  const image = flatImage(await assembleText(cpus > 1 ? startingOthers(source) : source));
  const others = { others: [{ image, memory: MEMORY }] };
  const together = alone || monitor === 'none' || cpus > 1 ? {} : others;
  const host = hosting && { memory: hosting.memory * ('others' in together ? 2 : 1) };
  const options = { monitor, paging, memory: MEMORY, hosting: host, ...together, cpus, slice: 320 };
  const machine = new Machine(image, options);
  const run = new MachineRun(machine);
  const recorder = new Recorder(machine, run, { memory: 24 << 20, spacing: 1500 });
  recorder.begin();
  return { machine, run, recorder };
}

const isOver = (stop: Stop | undefined): boolean =>
  stop?.kind === 'end' || stop?.kind === 'waiting' || stop?.kind === 'not-implemented';

/** Goes on by so many units. @returns whether it could */
function advance({ machine, run }: Recorded, units: number): boolean {
  const { processor } = machine.computer;
  for (let done = 0; done < units;) {
    const before = processor.work;
    const stop = run.inMonitor ? run.operate() : run.execute(units - done, true);
    if (isOver(stop)) return false;
    done += Math.max(1, processor.work - before);
  }
  return true;
}

/** What somebody does between two stretches. */
type Deed = 'nothing' | 'type' | 'hold' | 'release' | 'edit';

function act({ machine, recorder }: Recorded, deed: Deed, n: number): void {
  if (deed === 'type') recorder.input({ kind: 'serial', bytes: Uint8Array.of(n & 0xff) });
  if (deed === 'hold') recorder.control({ holdInterrupts: true, held: true });
  if (deed === 'release') recorder.control({ holdInterrupts: false, held: false });
  if (deed !== 'edit') return;
  machine.computer.memory.write32(0x9_0000 + (n & 0xff) * 4, n);
  machine.platform.serial.receive(Uint8Array.of(n & 0x7f));
  recorder.edited();
}

interface Known {
  readonly moment: Moment;
  readonly hash: string;
}

const deeds = fc.constantFrom<Deed>('nothing', 'nothing', 'type', 'hold', 'release', 'edit');
const course = fc.array(fc.tuple(fc.integer({ min: 1, max: 1500 }), deeds), {
  minLength: 12,
  maxLength: 30,
});
const jumps = fc.array(fc.nat(), { minLength: 12, maxLength: 12 });

describe('a recorder', function () {
  this.timeout(Math.max(180_000, RECORDINGS * 10_000));

  // Under `translate` where a run is cut decides, seldom, how many steps it takes: that is still to be found.
  const known = TESTED_WAYS.filter(({ monitor }) => monitor !== 'translate');
  const ways = fc.constantFrom(...known);
  const mostlyAlone = fc.nat(3).map((n) => n > 0);

  it(`finds each moment as it was (${String(RECORDINGS)} runs, seed ${String(SEED)})`, async () => {
    let visited = 0;
    const property = async (
      source: string,
      way: TestedWay,
      alone: boolean,
      stretches: [number, Deed][],
      visits: number[],
    ): Promise<void> => {
      const recorded = await record(source, way, alone);
      const { machine, recorder } = recorded;
      const known: Known[] = [];
      const note = (): void => {
        known.push({ moment: recorder.now, hash: machine.stateHash });
      };
      for (const [length, deed] of stretches) {
        note();
        if (!advance(recorded, length) || recorder.now.steps > LENGTH) break;
        note();
        act(recorded, deed, length);
      }
      note();
      for (const visit of visits) {
        const { moment, hash } = known[visit % known.length] ?? assert.fail();
        recorder.goTo(moment);
        assert.equal(compareMoments(recorder.now, moment), 0);
        assert.equal(machine.stateHash, hash, `${way.name} at ${JSON.stringify(moment)}`);
        visited++;
      }
    };
    const runs = fc.asyncProperty(randomProgram, ways, mostlyAlone, course, jumps, property);
    await fc.assert(runs, { numRuns: RECORDINGS, seed: SEED });
    assert.equal(visited, RECORDINGS * 12);
  });

  const COUNTER = 'org 0x7c00\nbits 16\nagain: inc ecx\nmov [0x600], ecx\njmp again\n';
  const BARE: TestedWay = { name: 'none', monitor: 'none' };

  it('begins a timeline of its own where something is changed in the past', async () => {
    const recorded = await record(COUNTER, BARE, true);
    const { machine, recorder } = recorded;
    let forks = 0;
    recorder.onFork = () => forks++;
    advance(recorded, 3000);
    const [first, middle] = [recorder.now, { ...recorder.now, steps: 1500, time: 1500 }];
    const before = machine.stateHash;
    recorder.goTo(middle);
    assert.deepEqual([recorder.isPast, recorder.end, machine.state.gpr(1)], [true, first, 500n]);
    machine.state.setGpr(1, 7n);
    recorder.edited();
    assert.deepEqual([forks, recorder.isPast, recorder.timelines.length], [1, false, 2]);
    advance(recorded, 3000);
    assert.equal(machine.state.gpr(1), 1007n);
    const [old, present] = recorder.timelines;
    assert.ok(old && present && recorder.timeline === present);
    recorder.leaveFor(old);
    assert.ok(isBefore(recorder.now, middle));
    recorder.goTo(old.end);
    assert.equal(machine.stateHash, before);
    recorder.leaveFor(present);
    recorder.goTo(present.end);
    assert.equal(machine.state.gpr(1), 1007n);
    recorder.dropTimeline(old);
    assert.deepEqual(recorder.timelines, [present]);
  });

  it('takes down that a change in the past ends what somebody who stepped had asked for', async () => {
    const recorded = await record(COUNTER, BARE, true);
    const { machine, recorder } = recorded;
    recorder.control({ holdInterrupts: true });
    advance(recorded, 3000);
    recorder.goTo({ ...recorder.now, steps: 1500, time: 1500 });
    recorder.edited();
    const kinds = recorder.timeline.entries.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['controls', 'controls', 'edit']);
    const { now } = recorder;
    recorder.goTo(recorder.start);
    recorder.goTo(now);
    assert.equal(machine.computer.processor.holdInterrupts, false);
  });

  it('goes on from the past as it did, and then as if it had never been there', async () => {
    const [one, other] = [await record(COUNTER, BARE, true), await record(COUNTER, BARE, true)];
    for (const each of [one, other]) {
      advance(each, 2000);
      each.recorder.input({ kind: 'keys', scancodes: [0x1c] });
      advance(each, 2000);
    }
    one.recorder.goTo(one.recorder.start);
    advance(one, 6000);
    advance(other, 2000);
    assert.equal(one.recorder.isPast, false);
    assert.equal(one.machine.stateHash, other.machine.stateHash);
  });

  it('gives up checkpoints when they take too much, and keeps the way between them even', async () => {
    const machine = new Machine(flatImage(await assembleText(COUNTER)), {
      monitor: 'none',
      memory: MEMORY,
    });
    const run = new MachineRun(machine);
    const recorder = new Recorder(machine, run, { memory: 1 << 20, spacing: 100 });
    recorder.begin();
    for (let n = 0; n < 200; n++) recorder.edited();
    const pinned = recorder.size;
    assert.ok(pinned > 1 << 20, 'edits are never lost');
    const hash = machine.stateHash;
    const here = recorder.now;
    for (let n = 0; n < 40; n++) run.execute(1000, true);
    recorder.goTo(here);
    assert.equal(machine.stateHash, hash);
  });
});

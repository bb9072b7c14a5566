import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Assembly } from '../../../program';
import { asLoaded, assembleText } from '../../boot/flat';
import { bootProgram } from '../../boot/boot';
import { Machine } from '../../machine';
import { randomProgram, startingOthers } from '../../random-programs.testing';
import { MachineRun, type Stop } from '../../run';
import { TESTED_WAYS, type TestedWay } from '../../ways.testing';
import { compareMoments } from '../moment';
import { Recorder } from '../recorder';
import { encode } from './values';
import { wrap } from './envelope';
import { readRecording } from './read';
import type { Recording } from './recording';
import { Replay } from './replay';
import { recordingOf, sourceFilesOf, type Saved } from './save';
import { writeRecording } from './write';

const RECORDINGS = Number(process.env['RECORDINGS'] ?? 12);
const SEED = Number(process.env['SEED'] ?? 20_261_127);
const MEMORY = 1 << 20;

interface Recorded {
  readonly machine: Machine;
  readonly run: MachineRun;
  readonly recorder: Recorder;
  readonly programs: readonly Assembly[];
}

async function record(source: string, way: TestedWay, alone = true): Promise<Recorded> {
  const { monitor, paging = 'ept', hosting, cpus = alone || monitor !== 'none' ? 1 : 2 } = way;
  const program = await assembleText(cpus > 1 ? startingOthers(source) : source);
  const image = await bootProgram(program, { name: 'test', memory: MEMORY, cpus });
  const others = { others: [{ image, memory: MEMORY }] };
  const together = alone || monitor === 'none' || cpus > 1 ? {} : others;
  const host = hosting && { memory: hosting.memory * ('others' in together ? 2 : 1) };
  const options = { monitor, paging, memory: MEMORY, hosting: host, ...together, cpus, slice: 320 };
  const machine = new Machine(image, options);
  const run = new MachineRun(machine);
  const recorder = new Recorder(machine, run, { memory: 24 << 20, spacing: 1500 });
  recorder.begin();
  return { machine, run, recorder, programs: [asLoaded(program)] };
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

const DEEDS = ['nothing', 'type', 'text', 'mouse', 'hold', 'edit', 'edit in the past'] as const;
type Deed = (typeof DEEDS)[number];

function act({ machine, recorder }: Recorded, deed: Deed, n: number): void {
  const { steps, time } = recorder.now;
  if (deed === 'type') recorder.input({ kind: 'serial', bytes: Uint8Array.of(n & 0xff) });
  if (deed === 'text') recorder.input({ kind: 'text', text: 'a{Enter}' });
  if (deed === 'mouse') recorder.input({ kind: 'mouse', dx: n, dy: -n, wheel: 0, buttons: 1 });
  if (deed === 'hold') recorder.control({ holdInterrupts: n % 2 === 0 });
  if (!deed.startsWith('edit')) return;
  const half = { ...recorder.now, steps: steps >> 1, time: time >> 1 };
  const first = recorder.start;
  if (deed === 'edit in the past' && compareMoments(first, half) < 0) {
    recorder.goToCheckpointBefore(half);
  }
  machine.computer.memory.write32(0x9_0000 + (n & 0xff) * 4, n);
  machine.platform.serial.receive(Uint8Array.of(n & 0x7f));
  recorder.edited();
}

const savedOf = ({ machine, recorder, programs }: Recorded): Saved => ({
  machine,
  recorder,
  guests: [{ name: 'first', programs }],
  bookmarks: [{ name: 'here', moment: recorder.now, instructions: recorder.instructions }],
  sources: new Map(sourceFilesOf(programs).map((file) => [file, 'text'])),
  date: new Date(0),
});

const replayed = async (recording: Recording): Promise<Replay> => {
  const replay = new Replay(recording, () => ({}));
  await replay.to();
  return replay;
};

const COUNTER = `
        org 0x7c00
        bits 16
again:  inc ecx
        mov [0x600], ecx
        cpuid
        jmp again
`;
const BARE: TestedWay = { name: 'none', monitor: 'none' };

describe('a recording', function () {
  this.timeout(Math.max(180_000, RECORDINGS * 10_000));

  const known = TESTED_WAYS.filter(({ monitor }) => monitor !== 'translate');
  const stretches = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 1500 }), fc.constantFrom(...DEEDS)),
    { minLength: 4, maxLength: 12 },
  );

  it(`comes to the same end from its file (${String(RECORDINGS)} runs, seed ${String(SEED)})`, async () => {
    const edits: Deed[] = [];
    const property = async (
      source: string,
      way: TestedWay,
      alone: boolean,
      course: [number, Deed][],
    ): Promise<void> => {
      const recorded = await record(source, way, alone);
      const { machine, recorder } = recorded;
      for (const [length, deed] of course) {
        if (!advance(recorded, length)) break;
        act(recorded, deed, length);
        edits.push(deed);
      }
      advance(recorded, 500);
      const { now, stateHash } = { now: recorder.now, stateHash: machine.stateHash };
      const recording = recordingOf(savedOf(recorded));
      assert.equal(recording.stateHash, stateHash);
      const read = await readRecording(writeRecording(recording));
      const replay = await replayed(read);
      assert.equal(replay.obstacle, undefined);
      assert.equal(compareMoments(replay.recorder.now, now), 0, way.name);
      assert.equal(replay.machine.stateHash, stateHash, way.name);
      // What was read can be saved again, and stands for the same.
      const { recorder: second, machine: same } = replay;
      const again = recordingOf({ ...savedOf(recorded), machine: same, recorder: second });
      assert.ok((await replayed(await readRecording(writeRecording(again)))).isSame, way.name);
    };
    const runs = fc.asyncProperty(
      randomProgram,
      fc.constantFrom(...known),
      fc.boolean(),
      stretches,
      property,
    );
    await fc.assert(runs, { numRuns: RECORDINGS, seed: SEED });
    for (const deed of DEEDS) assert.ok(edits.includes(deed), deed);
  });

  it('keeps what is known of the program, where somebody stood, and what he has marked', async () => {
    const recorded = await record(COUNTER, BARE);
    advance(recorded, 3000);
    const hash = recorded.machine.stateHash;
    const { recorder } = recorded;
    const end = recorder.now;
    recorder.goTo({ steps: 1000, time: 1000, entries: 0 });
    const recording = recordingOf(savedOf(recorded));
    assert.equal(compareMoments(recorder.now, { steps: 1000, time: 1000, entries: 0 }), 0);
    const read = await readRecording(writeRecording(recording));
    assert.deepEqual([read.stateHash, read.course.end], [hash, end]);
    assert.equal(read.stand.moment.steps, 1000);
    assert.deepEqual(read.bookmarks, recording.bookmarks);
    assert.deepEqual(read.sources, recording.sources);
    const [before, after] = [recording.guests[0].programs[0], read.guests[0].programs[0]];
    assert.ok(before && after);
    assert.deepEqual(after.symbols.all, before.symbols.all);
    assert.deepEqual(after.lines.at(0x7c00n), before.lines.at(0x7c00n));
    assert.deepEqual(after.files, before.files);
    assert.equal(read.guests[0].identity, recording.guests[0].identity);
    assert.equal(read.guests[0].name, 'first');
  });

  it('has the firmware’s sources again', async () => {
    const sector = `${COUNTER}\ntimes 510-($-$$) db 0\ndw 0xaa55\n`;
    const recorded = await record(sector, BARE);
    advance(recorded, 100);
    const read = await readRecording(writeRecording(recordingOf(savedOf(recorded))));
    const known = (image: Recording['guests'][0]['image']): boolean[] =>
      (image.firmware?.roms ?? []).map(({ assembly }) => assembly !== undefined);
    assert.deepEqual(known(read.guests[0].image), known(recorded.machine.image));
    assert.ok(known(read.guests[0].image).every(Boolean));
    assert.ok((await replayed(read)).isSame);
  });

  it('of another program comes to another end, which is told', async () => {
    const recorded = await record(COUNTER, BARE);
    advance(recorded, 3000);
    const recording = recordingOf(savedOf(recorded));
    const { image } = recording.guests[0];
    const altered = image.pieces.map(({ address, bytes }) => ({
      address,
      bytes: bytes.map((byte, n) => (n === 1 ? 0x43 : byte)), // inc ebx
    }));
    const guests = [{ ...recording.guests[0], image: { ...image, pieces: altered } }] as const;
    const replay = await replayed(await readRecording(writeRecording({ ...recording, guests })));
    assert.equal(replay.isSame, false);
  });
});

describe('the file of a recording', () => {
  let file: Uint8Array;
  let recording: Recording;

  before(async () => {
    const recorded = await record(COUNTER, BARE);
    advance(recorded, 3000);
    act(recorded, 'edit', 5);
    advance(recorded, 3000);
    recording = recordingOf(savedOf(recorded));
    file = writeRecording(recording);
  });

  const refused = (bytes: Uint8Array, why: RegExp): Promise<void> =>
    assert.rejects(readRecording(bytes), (error: Error) => {
      assert.equal(error.name, 'UnreadableRecording', error.stack ?? error.message);
      assert.match(error.message, why);
      return true;
    });

  it('is refused where it is truncated, wherever that is', async () => {
    for (let part = 0; part < 50; part++) {
      const length = Math.floor((file.length * part) / 50);
      await refused(file.slice(0, length), length < 8 ? /no recording/ : /truncated/);
    }
    await refused(file.slice(0, -1), /truncated: \d+ of its \d+ bytes/);
  });

  it('is refused where a bit is another one, wherever that is', async () => {
    const places = [...Array.from({ length: 70 }, (_, n) => n)];
    for (let part = 0; part < 50; part++) places.push(Math.floor((file.length * part) / 50));
    for (const place of places) {
      const flipped = file.slice();
      flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
      await refused(flipped, /no recording|format is number|truncated|damaged/);
    }
    await refused(new Uint8Array([...file, 0]), /damaged: its checksum/);
  });

  it('is refused where another version has recorded it', () =>
    refused(wrap(new Uint8Array(8), '99.1.2'), /by Ringside 99\.1\.2, and this is Ringside \d/));

  it('is refused where what is packed in it is none of it', async () => {
    await refused(wrap(new Uint8Array(0)), /damaged: its content/);
    await refused(wrap(new Uint8Array(100).fill(0xff)), /damaged: its content/);
    await refused(wrap(encode(undefined)), /damaged/);
    await refused(wrap(encode([1, 2])), /damaged/);
    await refused(wrap(encode({ saved: 'now' })), /“guests” is missing/);
  });

  it('is refused where a value is none that it can be', async () => {
    const { course } = recording;
    const written = (change: object): Uint8Array =>
      writeRecording({ ...recording, ...change } as Recording);
    const options = (change: object): object => ({ options: { ...recording.options, ...change } });
    const end = (change: object): object => ({
      course: { ...course, end: { ...course.end, ...change } },
    });
    const entry = course.entries[0];
    assert.ok(entry?.kind === 'edit');
    const edit = (change: object): object => ({
      course: { ...course, entries: [{ ...entry, edit: { ...entry.edit, ...change } }] },
    });
    const rows: [object, RegExp][] = [
      [options({ monitor: 'qemu' }), /“options.monitor”/],
      [options({ cpus: 1.5 }), /“options.cpus”/],
      [options({ cpus: 9 }), /“options.cpus”/],
      [options({ monitor: 'emulate', cpus: 2 }), /no such computer/],
      [options({ hosting: { memory: 2 ** 20 } }), /no such computer/],
      [{ stateHash: 7 }, /“stateHash”/],
      [{ sources: [] }, /“sources”/],
      [end({ steps: -1 }), /“course.end.steps”/],
      [end({ steps: 1 }), /“course.end” is at a time/],
      [end({ entries: 7 }), /“course.end” is at a time/],
      [{ course: { ...course, entries: [{ ...entry, kind: 'rain' }] } }, /“course.entries\[0\]”/],
      [{ course: { ...course, entries: [entry, { ...entry, steps: 0 }] } }, /entries\[1\]. is at/],
      [edit({ pages: new Map([[1, new Uint8Array(5)]]) }), /pages\[1\]/],
      [edit({ state: { machine: 5, ends: [] } }), /edit.state.machine/],
      [{ stand: { ...recording.stand, moment: { ...course.end, steps: 1e9 } } }, /“stand” is at/],
    ];
    for (const [change, why] of rows) await refused(written(change), why);
  });

  it('of an edit whose state is none comes to no end, and says so', async () => {
    const { course } = recording;
    const entry = course.entries[0];
    assert.ok(entry?.kind === 'edit');
    const edit = { ...entry.edit, state: { machine: {}, ends: [] } as never };
    const entries = [{ ...entry, edit }];
    const altered = { ...recording, course: { ...course, entries } };
    const replay = await replayed(await readRecording(writeRecording(altered)));
    assert.ok(replay.obstacle !== undefined && !replay.isSame);
  });

  it('is small', () => {
    assert.ok(file.length < 40_000, String(file.length));
  });
});

import { readRecording, Replay, UnreadableRecording, type Recording } from '../session';
import { usageError } from './errors';
import { parseCount, readInput, writeOutput } from './files';
import { outputOf } from './machine-arguments';

export interface ReplayOptions {
  readonly to?: string;
  readonly json?: string;
}

const STATUS = { SAME: 0, DIFFERENT: 1 };

/** `ringside replay`: 0 when the run comes to the recorded end, 1 when not. */
export async function replayCommand(path: string, options: ReplayOptions): Promise<number> {
  const { to, json } = options;
  const limit = to === undefined ? undefined : parseCount(to, 'no count: --to ');
  const file = await readInput(path);
  const recording = await unlessUnreadable(path, () => readRecording(file));
  const { instructions } = recording.course;
  if (limit !== undefined && limit > instructions) {
    throw usageError(`--to ${String(limit)}: ${grouped(instructions)} instructions are recorded`);
  }
  process.stderr.write(`ringside: ${told(recording)}\n`);
  const output = outputOf(recording.guests.map(({ name }) => name));
  const replay = await unlessUnreadable(path, () => new Replay(recording, output));
  await replay.to(limit);
  const isSame = limit === undefined ? replay.isSame : undefined;
  if (json !== undefined) await writeOutput(json, reportOf(recording, replay, isSame));
  const { obstacle } = replay;
  if (isSame === false || obstacle !== undefined) {
    const where = `after ${grouped(replay.recorder.instructions)} instructions`;
    const what = obstacle === undefined ? '' : ` (${obstacle})`;
    const hashes = `recorded ${recording.stateHash}, replayed ${replay.machine.stateHash}`;
    process.stderr.write(
      `ringside: ${path}: the replay has come to another end ${where}${what}; state: ${hashes}\n`,
    );
    return STATUS.DIFFERENT;
  }
  return STATUS.SAME;
}

async function unlessUnreadable<T>(path: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof UnreadableRecording) throw usageError(`${path}: ${error.message}`);
    throw error;
  }
}

const grouped = (count: number): string => count.toLocaleString('en');

/** What was recorded, in a line. */
function told({ guests, options, course, saved }: Recording): string {
  const { monitor, paging = 'ept', cpus = 1 } = options;
  const names = guests.map(({ name, identity }) => `${name} (${identity.slice(0, 12)})`).join(', ');
  const way = paging === 'shadow' ? `${monitor}, shadow paging` : monitor;
  const several = cpus > 1 ? `, ${String(cpus)} processors` : '';
  const length = `${grouped(course.instructions)} instructions`;
  return `recording of ${names}, ${way}${several}: ${length}, saved ${saved}`;
}

/** The JSON that `replay --json` writes. */
function reportOf(recording: Recording, replay: Replay, isSame: boolean | undefined): string {
  const { guests, options, course, saved, stateHash } = recording;
  const recorded = {
    saved,
    guests: guests.map(({ name, identity }) => ({ name, identity })),
    monitor: options.monitor,
    instructions: course.instructions,
    stateHash,
  };
  const replayed = {
    instructions: replay.recorder.instructions,
    stateHash: replay.machine.stateHash,
  };
  return JSON.stringify({ recorded, replayed, ...(isSame !== undefined && { isSame }) }, null, 2);
}

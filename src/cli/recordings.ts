import {
  recordingOf,
  sourceFilesOf,
  UnreadableRecording,
  writeRecording,
  type Machine,
} from '../session';
import type { Assembly } from '../program';
import { diskFiles } from './disk-files';
import { usageError } from './errors';
import { writeOutput } from './files';
import type { GuestRun } from './guest-run';
import type { LoadedMachine, MachineSetUp } from './machine-arguments';

/** What `run --record` does. */

/** @throws UsageError where runs cannot be recorded */
export function requireRecorder({ monitor }: MachineSetUp): void {
  if (monitor !== 'translate') return;
  throw usageError(
    '--record: a run with --monitor translate cannot be recorded, as it is not always the same twice',
  );
}

const programsOf = ({ first, others }: LoadedMachine): (readonly Assembly[])[] =>
  [first, ...others].map(({ program }) => (program ? [program] : []));

/** The texts of source files; those that cannot be read a second time are not there. */
export async function sourcesOf(loaded: LoadedMachine): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const file of sourceFilesOf(programsOf(loaded).flat())) {
    const bytes = await diskFiles.read(file).catch(() => undefined);
    if (bytes) texts.set(file, new TextDecoder().decode(bytes));
  }
  return texts;
}

/** A run that has come to its end. */
interface Ended {
  readonly machine: Machine;
  readonly guest: GuestRun;
  readonly loaded: LoadedMachine;
  readonly sources: ReadonlyMap<string, string>;
}

export async function writeRun(path: string, { machine, guest, ...known }: Ended): Promise<void> {
  const { loaded, sources } = known;
  const { recorder } = guest;
  if (!recorder) return;
  const programs = programsOf(loaded);
  const guests = loaded.names.map((name, n) => ({ name, programs: programs[n] ?? [] }));
  const saved = { machine, recorder, guests, sources, bookmarks: [], date: new Date() };
  await writeOutput(path, fileOf(path, saved));
}

function fileOf(path: string, saved: Parameters<typeof recordingOf>[0]): Uint8Array {
  try {
    return writeRecording(recordingOf(saved));
  } catch (error) {
    if (error instanceof UnreadableRecording) throw usageError(`${path}: ${error.message}`);
    throw error;
  }
}

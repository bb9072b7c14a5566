import { countExits } from '../debugger/trace/exit-counts';
import { NO_PLACES, techniqueOf, type Technique } from '../debugger/techniques';
import { exitStatus, firmwarePrograms, Machine } from '../session';
import { parseCount, writeOutput } from './files';
import { GuestRun } from './guest-run';
import { loadMachine, outputOf, type MachineArguments } from './machine-arguments';
import { requireRecorder, sourcesOf, writeRun } from './recordings';
import { report, type WatchedGuest } from './report';
import { screenFile } from './screen-file';
import { TroubleWatch } from './trouble';
import { requireWritable, writeBack, writeBackOnSignal } from './write-back';

export interface RunOptions extends MachineArguments {
  readonly writable?: boolean;
  readonly keys?: string;
  readonly screen?: string;
  readonly maxInstructions?: string;
  readonly json?: string;
  readonly record?: string;
}

/** `ringside run`: the exit status of the contract. */
export async function runCommand(path: string | undefined, options: RunOptions): Promise<number> {
  const limit = instructionLimit(options.maxInstructions);
  const loaded = await loadMachine(path, options);
  if (!loaded) return 2;
  const { record } = options;
  if (record !== undefined) requireRecorder(loaded.options);
  const sources = record === undefined ? new Map<string, string>() : await sourcesOf(loaded);
  const { first, names } = loaded;
  const { image, program, files } = first;
  const writable = options.writable ? await requireWritable(image, files) : undefined;
  const output = outputOf(names);
  const { memory } = loaded.options;
  const others = loaded.others.map((each, n) => ({
    image: each.image,
    memory,
    output: output(n + 1),
  }));
  const setUp = { ...loaded.options, others };
  const machine = new Machine(image, setUp, output(0));
  const watched = names.map((name, n) => watchGuest(machine, name, n));
  const exits = watched[0]?.exits ?? new Map<number, number>();
  const programs = program ? [program] : [];
  const known = { programs, firmware: firmwarePrograms(image) };
  const watch = new TroubleWatch(machine, techniquesOf(machine), known);
  const write = async (): Promise<void> => {
    if (writable) await writeBack(machine, writable);
  };
  if (writable) writeBackOnSignal(write);
  const guest = new GuestRun(machine, limit, record !== undefined);
  if (options.keys !== undefined) guest.input({ kind: 'text', text: options.keys });
  const outcome = await guest.toEnd();
  await write();
  const trouble = watch.after(outcome);
  const { technique } = watch;
  const holes = guest.holes.all;
  const { refused } = guest;
  const run = { machine, technique, exits, holes, refused, outcome, trouble, guests: watched };
  if (record !== undefined) await writeRun(record, { machine, guest, loaded, sources });
  const { screen } = options;
  if (screen !== undefined) await writeOutput(screen, screenFile(machine.platform, screen));
  if (options.json !== undefined) await writeOutput(options.json, report(run));
  if (trouble.text !== undefined) process.stderr.write(`ringside: ${trouble.text}\n`);
  return exitStatus(outcome);
}

/** That of the first guest, or of each processor of the bare computer. */
function techniquesOf(machine: Machine): readonly [Technique, ...Technique[]] {
  const further = Array.from({ length: machine.processorCount - 1 });
  const of = (number: number): Technique => techniqueOf(machine, NO_PLACES, number);
  return [of(0), ...further.map((_, n) => of(n + 1))];
}

/** Counts the exits of a guest, whichever of its processors leaves it. */
function watchGuest(machine: Machine, name: string, number: number): WatchedGuest {
  const { vms, computer, processorCount } = machine;
  const own =
    processorCount > 1 ? techniquesOf(machine) : [techniqueOf(machine, NO_PLACES, number)];
  const exits = new Map<number, number>();
  own.forEach((technique, n) => {
    const processor = computer.processors[vms ? 0 : n] ?? computer.processor;
    const isPresent = (): boolean => vms === undefined || machine.present === number + n;
    countExits(processor, technique, isPresent, exits);
  });
  const [technique] = own;
  if (!technique) throw new RangeError('a guest without a processor');
  return { name, number, technique, exits };
}

function instructionLimit(text: string | undefined): number {
  if (text === undefined) return Number.MAX_SAFE_INTEGER;
  return parseCount(text, 'no count: --max-instructions ');
}

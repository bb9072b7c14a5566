import { countExits } from '../debugger/trace/exit-counts';
import { techniqueOf } from '../debugger/techniques';
import {
  exitStatus,
  firmwarePrograms,
  Machine,
  MONITORS,
  type MonitorName,
  type Paging,
} from '../session';
import { notBuiltYet } from './errors';
import { parseCount, parseSize, writeOutput } from './files';
import { loadImage } from './image';
import { requireImage, type ImageArguments } from './image-arguments';
import { report } from './report';
import { screenFile } from './screen-file';
import { TroubleWatch } from './trouble';
import { GuestRun } from './guest-run';
import { requireWritable, writeBack, writeBackOnSignal } from './write-back';

export interface RunOptions extends ImageArguments {
  readonly monitor: string;
  readonly paging: string;
  readonly tlbTags: string;
  readonly cpu: string;
  readonly cpus: string;
  readonly writable?: boolean;
  readonly keys?: string;
  readonly screen?: string;
  readonly maxInstructions?: string;
  readonly json?: string;
}

/** `ringside run`: the exit status of the contract. */
export async function runCommand(path: string | undefined, options: RunOptions): Promise<number> {
  refuseWhatIsNotBuilt(options);
  const memory = parseSize(options.memory);
  const limit = instructionLimit(options.maxInstructions);
  const { append, initrd, disk: disks, floppy: floppies, cdrom, bios } = options;
  requireImage(path, options);
  const loaded = await loadImage(path, { memory, append, initrd, disks, floppies, cdrom, bios });
  if (!loaded) return 2;
  const { image, program } = loaded;
  const writable = options.writable ? await requireWritable(image, loaded.files) : undefined;
  const monitor = options.monitor as MonitorName;
  const print = (byte: number): void => void process.stdout.write(Uint8Array.of(byte));
  const paging = options.paging as Paging;
  const tlbTags = options.tlbTags === 'on';
  const machine = new Machine(
    image,
    { monitor, memory, paging, tlbTags },
    { serial: print, debugConsole: print },
  );
  const technique = techniqueOf(machine, () => undefined);
  const exits = countExits(machine.computer.processor, technique);
  const programs = program ? [program] : [];
  const known = { programs, firmware: firmwarePrograms(image) };
  const watch = new TroubleWatch(machine, technique, known);
  if (options.keys !== undefined) machine.platform.typist.type(options.keys);
  const write = async (): Promise<void> => {
    if (writable) await writeBack(machine, writable);
  };
  if (writable) writeBackOnSignal(write);
  const guest = new GuestRun(machine, limit);
  const outcome = await guest.toEnd();
  await write();
  const trouble = watch.after(outcome);
  const holes = guest.holes.all;
  const { refused } = guest;
  const run = { machine, technique, exits, holes, refused, outcome, trouble };
  const { screen } = options;
  if (screen !== undefined) await writeOutput(screen, screenFile(machine.platform, screen));
  if (options.json !== undefined) await writeOutput(options.json, report(run));
  if (trouble.text !== undefined) process.stderr.write(`ringside: ${trouble.text}\n`);
  return exitStatus(outcome);
}

function refuseWhatIsNotBuilt(options: RunOptions): void {
  if (!MONITORS.some((name) => name === options.monitor)) {
    notBuiltYet(`--monitor ${options.monitor}`);
  }
  if (options.cpu !== 'intel') notBuiltYet(`--cpu ${options.cpu}`);
  if (options.cpus !== '1') notBuiltYet(`--cpus ${options.cpus}`);
}

function instructionLimit(text: string | undefined): number {
  if (text === undefined) return Number.MAX_SAFE_INTEGER;
  return parseCount(text, 'no count: --max-instructions ');
}

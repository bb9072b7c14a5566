import { GuestOutput } from '../adapter/guest-output';
import { countExits } from '../debugger/trace/exit-counts';
import { NO_PLACES, techniqueOf, type Technique } from '../debugger/techniques';
import {
  exitStatus,
  firmwarePrograms,
  guestNames,
  hostingObstacle,
  hostingOf,
  type HostingName,
  type HostingObstacle,
  Machine,
  MOST_PROCESSORS,
  neededProcessor,
  processorAndMonitor,
  severalObstacle,
  type SeveralObstacle,
  type BootImage,
  type MachineOutput,
  type MonitorName,
  type Paging,
  type ProfileName,
} from '../session';
import type { HostingOptions } from '../vmm';
import { notBuiltYet, usageError } from './errors';
import { parseCount, parseMemory, parseSize, writeOutput } from './files';
import { loadImage } from './image';
import { requireImage, type ImageArguments } from './image-arguments';
import { report, type WatchedGuest } from './report';
import { screenFile } from './screen-file';
import { TroubleWatch } from './trouble';
import { GuestRun } from './guest-run';
import { requireWritable, writeBack, writeBackOnSignal } from './write-back';

export interface RunOptions extends ImageArguments {
  readonly monitor?: MonitorName;
  readonly paging: string;
  readonly tlbTags: string;
  readonly hosting: HostingName;
  readonly hostMemory?: string;
  readonly cpu?: ProfileName;
  readonly cpus: string;
  readonly guest: readonly string[];
  readonly writable?: boolean;
  readonly keys?: string;
  readonly screen?: string;
  readonly maxInstructions?: string;
  readonly json?: string;
}

/** `ringside run`: the exit status of the contract. */
export async function runCommand(path: string | undefined, options: RunOptions): Promise<number> {
  refuseWhatIsNotBuilt(options);
  const { cpu, monitor } = processorAndMonitor(options.cpu, options.monitor);
  const memory = parseMemory(options.memory);
  const limit = instructionLimit(options.maxInstructions);
  const paging = options.paging as Paging;
  const cpus = processorCount(options, monitor, paging);
  const { append, initrd, disk: disks, floppy: floppies, cdrom, bios } = options;
  requireImage(path, options);
  const loaded = await loadImage(path, {
    ...{ memory, cpus, append, initrd, disks, floppies, cdrom, bios },
  });
  const guests = await otherGuests(options, memory);
  if (!loaded || !guests) return 2;
  const { image, program } = loaded;
  const writable = options.writable ? await requireWritable(image, loaded.files) : undefined;
  const names = guestNames([path ?? 'guest', ...options.guest]);
  const output = outputOf(names);
  const others = guests.map((each, n) => ({ image: each, memory, output: output(n + 1) }));
  const tlbTags = options.tlbTags === 'on';
  const hosting = hostingFor(options, monitor, memory * names.length);
  const setUp = { monitor, memory, paging, tlbTags, hosting, others, cpu, cpus };
  const machine = new Machine(image, setUp, output(0));
  const watched = names.map((name, n) => watchGuest(machine, name, n));
  const exits = watched[0]?.exits ?? new Map<number, number>();
  const programs = program ? [program] : [];
  const known = { programs, firmware: firmwarePrograms(image) };
  const watch = new TroubleWatch(machine, techniquesOf(machine), known);
  if (options.keys !== undefined) machine.platform.typist.type(options.keys);
  const write = async (): Promise<void> => {
    if (writable) await writeBack(machine, writable);
  };
  if (writable) writeBackOnSignal(write);
  const guest = new GuestRun(machine, limit);
  const outcome = await guest.toEnd();
  await write();
  const trouble = watch.after(outcome);
  const { technique } = watch;
  const holes = guest.holes.all;
  const { refused } = guest;
  const run = { machine, technique, exits, holes, refused, outcome, trouble, guests: watched };
  const { screen } = options;
  if (screen !== undefined) await writeOutput(screen, screenFile(machine.platform, screen));
  if (options.json !== undefined) await writeOutput(options.json, report(run));
  if (trouble.text !== undefined) process.stderr.write(`ringside: ${trouble.text}\n`);
  return exitStatus(outcome);
}

/** @throws UsageError for a number that no computer has, or that the monitor cannot give its guest yet */
function processorCount(
  { cpus: text, guest }: RunOptions,
  monitor: MonitorName,
  paging: Paging,
): number {
  const count = parseCount(text, 'no count: --cpus ');
  if (count < 1 || count > MOST_PROCESSORS) {
    throw usageError(`--cpus: a computer has 1 to ${String(MOST_PROCESSORS)} processors`);
  }
  const wish = { monitor, paging, others: guest.length > 0 };
  const obstacle = count > 1 ? severalObstacle(wish) : undefined;
  if (obstacle) notBuiltYet(`--cpus ${text} ${SEVERAL_OBSTACLES[obstacle](monitor)}`);
  return count;
}

const SEVERAL_OBSTACLES: Record<SeveralObstacle, (monitor: MonitorName) => string> = {
  technique: (monitor) => `with --monitor ${monitor}`,
  'several-guests': () => 'with --guest: of several guests each has one processor',
  'shadow-paging': () => 'with --paging shadow',
};

/** The images of guests beside the first one; undefined when a source file has errors. */
async function otherGuests(
  { guest: paths, monitor }: RunOptions,
  memory: number,
): Promise<BootImage[] | undefined> {
  if (paths.length > 0 && monitor === 'none') {
    throw usageError('--guest: several guests need a monitor, and --monitor is none');
  }
  const images: BootImage[] = [];
  for (const path of paths) {
    const loaded = await loadImage(path, { memory, disks: [], floppies: [] });
    if (!loaded) return undefined;
    images.push(loaded.image);
  }
  return images;
}

function hostingFor(
  options: RunOptions,
  monitor: MonitorName,
  guestMemory: number,
): HostingOptions | undefined {
  const { hosting, hostMemory: size } = options;
  const hostMemory = size === undefined ? undefined : parseSize(size);
  const wish = { hosting, monitor, guestMemory, hostMemory };
  const obstacle = hostingObstacle(wish);
  if (obstacle !== undefined) throw usageError(HOSTING_OBSTACLES[obstacle]);
  return hostingOf(wish);
}

const HOSTING_OBSTACLES: Record<HostingObstacle, string> = {
  'no-monitor': '--hosting hosted: there is no monitor to be hosted, as --monitor is none',
  'no-host': '--host-memory: there is no host without --hosting hosted',
  'too-small': '--host-memory: a host needs 1M at least',
  'frames-are-known':
    '--host-memory: the page tables of a paravirtual guest hold host frames, so that none can be taken away',
};

/** Bytes as the only guest gives them; lines with the names of the guests where there are several. */
function outputOf(names: readonly string[]): (guest: number) => MachineOutput {
  const whole = new GuestOutput((text) => void process.stdout.write(text));
  whole.begin(names);
  return (guest) => {
    const print = (byte: number): void => {
      if (names.length === 1) process.stdout.write(Uint8Array.of(byte));
      else {
        whole.add(byte, guest);
        whole.flush();
      }
    };
    return { serial: print, debugConsole: print };
  };
}

/** That of the first guest, as each of its processors has it. */
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

function refuseWhatIsNotBuilt(options: RunOptions): void {
  const { cpu, monitor } = options;
  const needed = monitor && neededProcessor(monitor);
  if (cpu !== undefined && needed !== undefined && cpu !== needed) {
    const what = needed === 'amd' ? 'SVM' : 'VT-x';
    throw usageError(`--monitor ${monitor} needs ${what}, which --cpu ${cpu} does not have`);
  }
}

function instructionLimit(text: string | undefined): number {
  if (text === undefined) return Number.MAX_SAFE_INTEGER;
  return parseCount(text, 'no count: --max-instructions ');
}

import { GuestOutput } from '../adapter/guest-output';
import {
  guestNames,
  hostingObstacle,
  hostingOf,
  MOST_PROCESSORS,
  neededProcessor,
  processorAndMonitor,
  nestedObstacle,
  severalObstacle,
  type HostingName,
  type HostingObstacle,
  type MachineOutput,
  type MonitorName,
  type Paging,
  type ProfileName,
  type NestedObstacle,
  type SeveralObstacle,
} from '../session';
import type { HostingOptions } from '../vmm';
import { notBuiltYet, usageError } from './errors';
import { parseCount, parseMemory, parseSize } from './files';
import { loadImage, type LoadedImage } from './image';
import { requireImage, type ImageArguments } from './image-arguments';

/** What the command line tells of a machine, as commander gives it. */
export interface MachineArguments extends ImageArguments {
  readonly monitor?: MonitorName;
  readonly paging: string;
  readonly tlbTags: string;
  readonly nested?: boolean;
  readonly hosting: HostingName;
  readonly hostMemory?: string;
  readonly cpu?: ProfileName;
  readonly cpus: string;
  readonly guest: readonly string[];
}

/** A machine as it is to be built. */
export interface LoadedMachine {
  readonly first: LoadedImage;
  /** Guests beside the first one. */
  readonly others: readonly LoadedImage[];
  /** What the guests are called, the first one first. */
  readonly names: readonly string[];
  readonly options: MachineSetUp;
}

/** All but images and output. */
export interface MachineSetUp {
  readonly monitor: MonitorName;
  /** Bytes of RAM of each guest. */
  readonly memory: number;
  readonly paging: Paging;
  readonly tlbTags: boolean;
  readonly nested: boolean;
  readonly hosting: HostingOptions | undefined;
  readonly cpu: ProfileName;
  readonly cpus: number;
}

/**
 * Reads the images of a machine and what is said of it; undefined when a source file has errors (they have been printed).
 *
 * @throws UsageError that names the option and the fact
 */
export async function loadMachine(
  path: string | undefined,
  options: MachineArguments,
): Promise<LoadedMachine | undefined> {
  refuseWhatIsNotBuilt(options);
  const { cpu, monitor } = processorAndMonitor(options.cpu, options.monitor);
  const memory = parseMemory(options.memory);
  const paging = options.paging as Paging;
  const cpus = processorCount(options, monitor, paging);
  const { append, initrd, disk: disks, floppy: floppies, cdrom, bios } = options;
  requireImage(path, options);
  const first = await loadImage(path, {
    ...{ memory, cpus, append, initrd, disks, floppies, cdrom, bios },
  });
  const others = await otherGuests(options, memory);
  if (!first || !others) return undefined;
  const names = guestNames([path ?? 'guest', ...options.guest]);
  const tlbTags = options.tlbTags === 'on';
  const hosting = hostingFor(options, monitor, memory * names.length);
  const wish = { monitor, paging, hosted: hosting !== undefined, others: others.length > 0, cpus };
  const nested = nestedFor(options, wish);
  return {
    first,
    others,
    names,
    options: { monitor, memory, paging, tlbTags, nested, hosting, cpu, cpus },
  };
}

/** @throws UsageError for a number that no computer has, or that the monitor cannot give its guest yet */
function processorCount(
  { cpus: text, guest }: MachineArguments,
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

/** @throws UsageError where a guest cannot have guests itself */
function nestedFor(
  { nested = false }: MachineArguments,
  wish: Parameters<typeof nestedObstacle>[0],
): boolean {
  const obstacle = nested ? nestedObstacle(wish) : undefined;
  if (obstacle) notBuiltYet(`--nested ${NESTED_OBSTACLES[obstacle](wish.monitor)}`);
  return nested;
}

const NESTED_OBSTACLES: Record<NestedObstacle, (monitor: MonitorName) => string> = {
  monitor: (monitor) => `with --monitor ${monitor}`,
  'shadow-paging': () => 'with --paging shadow',
  hosted: () => 'with --hosting hosted',
  'several-guests': () => 'with --guest',
  'several-processors': () => 'with several processors',
};

/** The images of guests beside the first one; undefined when a source file has errors. */
async function otherGuests(
  { guest: paths, monitor }: MachineArguments,
  memory: number,
): Promise<LoadedImage[] | undefined> {
  if (paths.length > 0 && monitor === 'none') {
    throw usageError('--guest: several guests need a monitor, and --monitor is none');
  }
  const images: LoadedImage[] = [];
  for (const path of paths) {
    const loaded = await loadImage(path, { memory, disks: [], floppies: [] });
    if (!loaded) return undefined;
    images.push(loaded);
  }
  return images;
}

function hostingFor(
  options: MachineArguments,
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

function refuseWhatIsNotBuilt(options: MachineArguments): void {
  const { cpu, monitor } = options;
  const needed = monitor && neededProcessor(monitor);
  if (cpu !== undefined && needed !== undefined && cpu !== needed) {
    const what = needed === 'amd' ? 'SVM' : 'VT-x';
    throw usageError(`--monitor ${monitor} needs ${what}, which --cpu ${cpu} does not have`);
  }
}

/** Bytes as the only guest gives them; lines with the names of the guests where there are several. */
export function outputOf(names: readonly string[]): (guest: number) => MachineOutput {
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

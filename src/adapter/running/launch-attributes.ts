import * as l10n from '@vscode/l10n';
import type { Arrival } from '../../debugger/comparison/arrival';
import {
  HOSTINGS,
  hostingObstacle,
  hostingOf,
  MONITORS,
  MOST_PROCESSORS,
  neededProcessor,
  processorAndMonitor,
  nestedObstacle,
  severalObstacle,
  type HostingObstacle,
  type MonitorName,
  type Paging,
  type ProfileName,
  type NestedObstacle,
  type SeveralObstacle,
} from '../../session';
import { INTERCEPTS, type HostingOptions } from '../../vmm';
import type { ArrivingLaunch } from '../comparison/place-protocol';
import type { SessionContext } from '../context';
import type { LaunchArguments } from '../protocol';
import {
  choice,
  flag,
  isObject,
  listOf,
  refuse,
  size,
  strings,
  wrongType,
  type Attributes,
} from './attribute-readers';
import { bootsAnything, guestSettings, guestsOf, type GuestSettings } from './guest-attributes';

/** A launch configuration that has been checked, defaults filled in. */
export interface LaunchSettings extends GuestSettings {
  /** Guests beside the first one. */
  readonly guests: readonly GuestSettings[];
  /** What the guest writes is written to the image files in the end. */
  readonly writable: boolean;
  readonly stopOnEntry: boolean;
  /** Where the guest stops first; undefined: at its first instruction. */
  readonly arrival: Arrival | undefined;
  readonly monitor: MonitorName;
  readonly cpu: ProfileName;
  readonly cpus: number;
  readonly paging: Paging;
  readonly tlbTags: boolean;
  readonly nested: boolean;
  readonly allocation: 'eager' | 'on-demand';
  readonly hosting: HostingOptions | undefined;
  readonly intercepts: NonNullable<LaunchArguments['intercepts']>;
  readonly holdInterrupts: boolean;
  /** Bytes that may be kept of the past; 0: nothing is. */
  readonly historyMemory: number;
  /** A guest that sleeps does so as long as on a real machine. */
  readonly realTime: boolean;
  /** Run without stopping at anything. */
  readonly noDebug: boolean;
}

/** What clients add to every configuration, and what VS Code takes for itself. */
const CLIENTS_OWN: ReadonlySet<string> = new Set([
  'name',
  'type',
  'request',
  'noDebug',
  'preLaunchTask',
  'postDebugTask',
  'internalConsoleOptions',
  'debugServer',
  'presentation',
  'serverReadyAction',
  'suppressMultipleSessionWarning',
  'windows',
  'linux',
  'osx',
  'trace',
  'cwd',
]);
const OURS: ReadonlySet<string> = new Set([
  'program',
  'disk',
  'floppy',
  'cdrom',
  'writable',
  'bios',
  'append',
  'initrd',
  'symbolFiles',
  'loadAddress',
  'entry',
  'stopOnEntry',
  'monitor',
  'cpu',
  'cpus',
  'memory',
  'paging',
  'tlbTags',
  'nested',
  'allocation',
  'hosting',
  'hostMemory',
  'intercepts',
  'interruptsWhileStepping',
  'historyMemory',
  'time',
  'defines',
  'includeDirs',
  'guests',
]);

/** Attributes that mean nothing here: misspelt ones, mostly. */
export function unknownAttributes(args: object, known = OURS): string[] {
  return Object.keys(args).filter(
    (name) => !known.has(name) && !CLIENTS_OWN.has(name) && !name.startsWith('__'),
  );
}

/** Says that they mean nothing. */
export function sayUnknown(context: SessionContext, names: readonly string[]): void {
  for (const name of names) {
    const text = l10n.t(
      'The launch configuration has an unknown attribute "{0}"; it is ignored.',
      name,
    );
    context.print(`${text}\n`, 'important');
  }
}

/** The processor and who has it in root mode: what one of the two needs decides about the other where that is not said. */
function hardware(args: Partial<Record<keyof ArrivingLaunch, unknown>>) {
  const said = {
    monitor: args.monitor === undefined ? undefined : choice(args, 'monitor', MONITORS),
    cpu: args.cpu === undefined ? undefined : choice(args, 'cpu', ['intel', 'amd']),
  };
  const needed = said.monitor && neededProcessor(said.monitor);
  if (said.cpu && needed && said.cpu !== needed) {
    const what = needed === 'amd' ? 'SVM' : 'VT-x';
    throw refuse(
      l10n.t(
        '"monitor": "{0}" needs {1}, which "cpu": "{2}" does not have.',
        said.monitor ?? '',
        what,
        said.cpu,
      ),
    );
  }
  return processorAndMonitor(said.cpu, said.monitor);
}

/** @throws RequestError naming the attribute and what it may be */
export function checkAttributes(
  args: Partial<Record<keyof ArrivingLaunch, unknown>>,
): LaunchSettings {
  const given = guestsOf(args.guests);
  const [own, ...others] = bootsAnything(args) ? [{}, ...given] : given;
  const shared = { memory: args.memory, defines: args.defines, includeDirs: args.includeDirs };
  const first = guestSettings({ ...args, name: undefined, ...own });
  const guests = others.map((each) => guestSettings({ ...shared, ...each }));
  const { monitor, cpu } = hardware(args);
  if (guests.length > 0 && monitor === 'none') {
    throw refuse(l10n.t('"guests": several guests need a "monitor": there is none.'));
  }
  const paging = choice(args, 'paging', ['ept', 'shadow']);
  const cpus = processorCount(args, { monitor, paging, others: guests.length > 0 });
  const host = hosting(args, monitor, [first, ...guests]);
  return {
    ...first,
    guests,
    writable: flag(args, 'writable', false),
    stopOnEntry: flag(args, 'stopOnEntry', true),
    arrival: arrival(args.__arrival),
    monitor,
    cpu,
    cpus,
    paging,
    tlbTags: choice(args, 'tlbTags', ['on', 'off']) === 'on',
    allocation: choice(args, 'allocation', ['eager', 'on-demand']),
    hosting: host,
    nested: nested(args, {
      ...{ monitor, paging, cpus },
      hosted: host !== undefined,
      others: guests.length > 0,
    }),
    intercepts: intercepts(args.intercepts),
    holdInterrupts: choice(args, 'interruptsWhileStepping', ['hold', 'deliver']) === 'hold',
    // Where a translated run is cut decides, seldom, how it goes on: its past would be another one.
    historyMemory:
      monitor === 'translate' ? 0 : size('historyMemory', args.historyMemory ?? '512M'),
    realTime: choice(args, 'time', ['real', 'fast']) === 'real',
    noDebug: flag(args, 'noDebug', false),
  };
}

/** @param wish what several processors are wanted with */
function processorCount(args: Attributes, wish: Parameters<typeof severalObstacle>[0]): number {
  const count = args['cpus'] ?? 1;
  const isCount = typeof count === 'number' && Number.isInteger(count);
  if (!isCount || count < 1 || count > MOST_PROCESSORS) {
    throw wrongType('cpus', l10n.t('a number from 1 to {0}', MOST_PROCESSORS), count);
  }
  const obstacle = count > 1 ? severalObstacle(wish) : undefined;
  if (obstacle) throw refuse(severalText(obstacle, count));
  return count;
}

function severalText(obstacle: SeveralObstacle, count: number): string {
  switch (obstacle) {
    case 'technique':
      return l10n.t('"cpus": {0} processors need "monitor": "vtx", "svm" or "none".', count);
    case 'several-guests':
      return l10n.t('"cpus": of several "guests" each has one processor, not {0}.', count);
    case 'shadow-paging':
      return l10n.t('"cpus": {0} processors need "paging": "ept".', count);
  }
}

/** @param wish what a guest is wanted with that has guests itself */
function nested(args: Attributes, wish: Parameters<typeof nestedObstacle>[0]): boolean {
  const wanted = flag(args, 'nested', false);
  const obstacle = wanted ? nestedObstacle(wish) : undefined;
  if (obstacle) throw refuse(nestedText(obstacle));
  return wanted;
}

function nestedText(obstacle: NestedObstacle): string {
  switch (obstacle) {
    case 'monitor':
      return l10n.t('"nested": a guest that has guests itself needs "monitor": "vtx".');
    case 'shadow-paging':
      return l10n.t('"nested": a guest that has guests itself needs "paging": "ept".');
    case 'hosted':
      return l10n.t('"nested": a guest that has guests itself needs "hosting": "bare".');
    case 'several-guests':
      return l10n.t('"nested": a guest that has guests itself is the only one: no "guests".');
    case 'several-processors':
      return l10n.t('"nested": a guest that has guests itself has one processor.');
  }
}

function hosting(
  args: Attributes,
  monitor: MonitorName,
  guests: readonly GuestSettings[],
): HostingOptions | undefined {
  const wish = {
    hosting: choice(args, 'hosting', HOSTINGS),
    monitor,
    guestMemory: guests.reduce((sum, { memory }) => sum + memory, 0),
    hostMemory:
      args['hostMemory'] === undefined ? undefined : size('hostMemory', args['hostMemory']),
  };
  const obstacle = hostingObstacle(wish);
  if (obstacle !== undefined) throw refuse(obstacleText(obstacle));
  return hostingOf(wish);
}

function obstacleText(obstacle: HostingObstacle): string {
  switch (obstacle) {
    case 'no-monitor':
      return l10n.t('"hosting": there is no monitor to be hosted.');
    case 'no-host':
      return l10n.t('"hostMemory": there is no host without "hosting": "hosted".');
    case 'too-small':
      return l10n.t('"hostMemory": a host needs 1 MB at least.');
    case 'frames-are-known':
      return l10n.t(
        '"hostMemory": the page tables of a paravirtual guest hold host frames, so that none can be taken away.',
      );
  }
}

/** What only commands tell; anything else is none. */
function arrival(value: unknown): Arrival | undefined {
  if (!isObject(value)) return undefined;
  const { address, count } = value;
  const isAddress = typeof address === 'string' && /^0x[0-9a-f]{1,16}$/i.test(address);
  if (!isAddress || typeof count !== 'number' || !(count >= 1)) return undefined;
  return { address: BigInt(address), count };
}

function intercepts(value: unknown): LaunchSettings['intercepts'] {
  if (value === undefined) return [...INTERCEPTS];
  return strings('intercepts', value).map((name) => {
    const found = INTERCEPTS.find((intercept) => intercept === name);
    if (!found) throw wrongType('intercepts', listOf(INTERCEPTS), name);
    return found;
  });
}

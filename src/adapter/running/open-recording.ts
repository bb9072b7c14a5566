import * as l10n from '@vscode/l10n';
import type { Debuggee, OtherDebuggee } from '../../debugger/debuggee';
import {
  machineOf,
  orDamaged,
  programOfImage,
  readRecording,
  UnreadableRecording,
  type RecordedGuest,
  type Recording,
} from '../../session';
import type { Assembly } from '../../program';
import { applyExceptionFilters } from '../breakpoints/exceptions';
import type { SessionContext } from '../context';
import { RequestError } from '../request-error';
import { choice, flag, refuse, size, text, type Attributes } from './attribute-readers';
import { buildDebuggee, debuggeeEvents, type Launched } from './build';
import { sayUnknown, unknownAttributes } from './launch-attributes';
import { readFile } from './program-loader';
import { notHere } from './source-texts';

/** What a configuration with "request": "attach" may say. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  'recording',
  'historyMemory',
  'interruptsWhileStepping',
  'time',
]);

/**
 * Builds the computer of a recording, at its beginning. Nothing of an old debuggee is left then.
 *
 * @throws RequestError that names the attribute, or the file and what is wrong with it
 */
export async function openRecording(
  context: SessionContext,
  args: object,
  signal: AbortSignal,
): Promise<Launched> {
  const attributes: Attributes = Object.fromEntries(Object.entries(args));
  const path = text(attributes, 'recording');
  if (path === undefined || path === '') {
    throw refuse(l10n.t('There is nothing to attach to but a "recording": the file to open.'));
  }
  const historyMemory = size('historyMemory', attributes['historyMemory'] ?? '512M');
  if (historyMemory === 0) {
    throw refuse(
      l10n.t('"historyMemory": a recording is nothing but the past: there must be some.'),
    );
  }
  const holdInterrupts = choice(attributes, 'interruptsWhileStepping', ['hold', 'deliver']);
  const time = choice(attributes, 'time', ['real', 'fast']);
  const noDebug = flag(attributes, 'noDebug', false);
  sayUnknown(context, unknownAttributes(args, ATTRIBUTES));
  await context.saveImages();
  const recording = await read(context, path);
  const missing = await notHere(recording.sources, context.host.files);
  signal.throwIfAborted();
  const debuggee = await buildRecorded(context, path, recording, {
    historyMemory,
    holdInterrupts: holdInterrupts === 'hold',
    realTime: time === 'real',
  });
  context.images = undefined;
  context.launchArguments = undefined;
  context.attachArguments = args;
  context.sourceTexts = recording.sources;
  context.shippedSources.checksums = new Map();
  context.shippedSources.recorded = missing;
  context.breakpoints?.resolveAll();
  applyExceptionFilters(context);
  const stand = recording.stand.moment;
  return { debuggee, settings: { noDebug, stopOnEntry: true, arrival: undefined, stand } };
}

async function read({ host }: SessionContext, path: string): Promise<Recording> {
  const file = await readFile(path, host);
  return refusing(path, () => readRecording(file));
}

interface Settings {
  readonly historyMemory: number;
  readonly holdInterrupts: boolean;
  readonly realTime: boolean;
}

async function buildRecorded(
  context: SessionContext,
  path: string,
  recording: Recording,
  settings: Settings,
): Promise<Debuggee> {
  const { image, options } = machineOf(recording, () => ({}));
  const [first, ...rest] = recording.guests;
  const guests = rest.map((guest): OtherDebuggee => ({ ...guest, programs: programsOf(guest) }));
  context.setDebuggee(undefined);
  const all = { ...options, image, ...settings, name: first.name, guests, recorded: recording };
  const built = (): Debuggee =>
    buildDebuggee({ ...all, programs: programsOf(first) }, debuggeeEvents(context));
  const debuggee = await refusing(path, () => Promise.resolve(orDamaged(built)));
  context.setDebuggee(debuggee);
  return debuggee;
}

/** A guest of which nothing is known has a program without lines. */
function programsOf({ programs, name }: RecordedGuest): readonly [Assembly, ...Assembly[]] {
  const [first, ...rest] = programs;
  return first ? [first, ...rest] : [programOfImage(new Uint8Array(), name)];
}

async function refusing<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    throw new RequestError(l10n.t('{0}: {1}', path, error.message), true);
  }
}

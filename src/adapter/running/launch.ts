import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { OtherDebuggee } from '../../debugger/debuggee';
import { BreakpointStore } from '../breakpoints/breakpoint-store';
import { capabilities } from '../capabilities';
import { threadId, type SessionContext } from '../context';
import { applyExceptionFilters } from '../breakpoints/exceptions';
import { proceed, reportStop } from './execution';
import { handler, then, type Handlers, type Reply } from '../handlers';
import { arrive } from './arrive';
import { checkAttributes, sayUnknown, unknownAttributes } from './launch-attributes';
import { buildDebuggee, debuggeeEvents, type Launched } from './build';
import { BootLoader, type LoadedBoot } from './boot-loader';
import { namesOf, type GuestSettings } from './guest-attributes';
import { OpenImages } from './open-images';
import { openRecording } from './open-recording';
import type { LaunchArguments } from '../protocol';
import { remarkForks } from '../past/fork-remark';
import { RequestError, sessionHasEnded } from '../request-error';
import { RememberedFiles } from './source-texts';

/** The beginning and the end of a session. */
export function launchRequests(context: SessionContext): Handlers {
  const configuration = new Gate();
  const start = new Start(context);
  context.breakpoints = new BreakpointStore(context);
  const first = (signal: AbortSignal, prepared: () => Promise<Launched>): Promise<Reply> =>
    start.only(signal, async () => {
      if (context.debuggeeIfAny)
        throw new RequestError(l10n.t('the session has been launched already'));
      const launched = await prepared();
      context.send('initialized', undefined);
      await untilConfigured(context, configuration, launched, signal);
      return then(() => {
        begin(context, launched);
      });
    });
  return {
    initialize: handler(async (args: DebugProtocol.InitializeRequestArguments) => {
      context.client.configure(args);
      await setLanguage(context, args.locale);
      return capabilities();
    }),
    launch: handler((args: LaunchArguments, signal) =>
      first(signal, () => prepare(context, args, signal)),
    ),
    attach: handler((args: object, signal) =>
      first(signal, () => openRecording(context, args, signal)),
    ),
    configurationDone: () => {
      configuration.open();
    },
    restart: handler((args: DebugProtocol.RestartArguments, signal) =>
      start.only(signal, async () => {
        const { launchArguments, attachArguments } = context;
        const again = args.arguments ?? attachArguments ?? launchArguments;
        if (!again || !context.debuggeeIfAny)
          throw new RequestError(l10n.t('no program is being debugged'));
        const launched = await (attachArguments ? openRecording : prepare)(context, again, signal);
        return then(() => {
          begin(context, launched);
        });
      }),
    ),
    terminate: () => {
      context.ended = true;
      context.setDebuggee(undefined);
      return then(() => {
        context.terminated();
      });
    },
    disconnect: () => {
      const saved = context.saveImages();
      context.dispose();
      return saved;
    },
  };
}

/** Something that is waited for, once. */
class Gate {
  open: () => void = () => undefined;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

/** One launch or restart at a time, and none once the session is over. */
class Start {
  private present: AbortSignal | undefined;

  constructor(private readonly context: SessionContext) {}

  async only<T>(signal: AbortSignal, start: () => Promise<T>): Promise<T> {
    if (this.context.ended) throw sessionHasEnded();
    if (this.present?.aborted === false)
      throw new RequestError(l10n.t('the program is being started already'));
    this.present = signal;
    try {
      return await start();
    } finally {
      if (this.present === signal) this.present = undefined;
    }
  }
}

/** Until the client has said what it wants to stop at. A launch that is called off until then leaves nothing. */
async function untilConfigured(
  context: SessionContext,
  configuration: Gate,
  { debuggee }: Launched,
  signal: AbortSignal,
): Promise<void> {
  const calledOff = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await Promise.race([configuration.opened, calledOff]);
  if (signal.aborted && context.debuggeeIfAny === debuggee) context.setDebuggee(undefined);
  signal.throwIfAborted();
}

async function setLanguage({ host }: SessionContext, locale: string | undefined): Promise<void> {
  const contents =
    locale === undefined ? undefined : await host.translations?.(locale.toLowerCase());
  if (contents) l10n.config({ contents: { ...contents } });
}

/** Checks the configuration, assembles, builds the machine. Nothing of an old debuggee is left then. */
async function prepare(
  context: SessionContext,
  args: LaunchArguments,
  signal: AbortSignal,
): Promise<Launched> {
  const settings = checkAttributes(args);
  sayUnknown(context, unknownAttributes(args));
  await context.saveImages();
  const read = new RememberedFiles(context.host.files);
  const host = { ...context.host, files: read.files };
  const load = (guest: GuestSettings): Promise<LoadedBoot> =>
    new BootLoader(guest, host, context.send, signal).load();
  const { programs, image, files } = await load(settings);
  const guests: OtherDebuggee[] = [];
  const [name = '', ...names] = namesOf([settings, ...settings.guests]);
  for (const [n, guest] of settings.guests.entries()) {
    const { memory } = guest;
    guests.push({ ...(await load(guest)), name: names[n] ?? '', memory });
  }
  const open = settings.writable && (await OpenImages.check(context.host, image, files));
  signal.throwIfAborted();
  const { monitor, cpu, cpus, memory, paging, tlbTags, allocation, hosting, intercepts } = settings;
  const { nested } = settings;
  const { holdInterrupts, historyMemory, realTime } = settings;
  context.setDebuggee(undefined);
  const machine = { image, monitor, cpu, cpus, memory, paging, tlbTags, nested, allocation };
  const options = {
    ...machine,
    hosting,
    intercepts,
    programs,
    holdInterrupts,
    historyMemory: settings.noDebug ? 0 : historyMemory,
    realTime,
    name,
    guests,
  };
  const debuggee = buildDebuggee(options, debuggeeEvents(context));
  context.setDebuggee(debuggee);
  context.images = open ? open(debuggee.machine) : undefined;
  context.launchArguments = args;
  context.attachArguments = undefined;
  const all = [programs, ...guests.map((each) => each.programs)].flat();
  context.sourceTexts = read.textsOf(all);
  context.shippedSources.checksums = read.checksumsOf(all);
  context.shippedSources.recorded = new Map();
  context.breakpoints?.resolveAll();
  applyExceptionFilters(context);
  return { debuggee, settings };
}

/** Unless the session has been ended, or launched anew, in between. */
function begin(context: SessionContext, { debuggee, settings }: Launched): void {
  if (context.debuggeeIfAny !== debuggee) return;
  remarkForks(context, debuggee);
  const isRecorded = debuggee.run.recorder !== undefined;
  context.send('capabilities', {
    capabilities: { supportsStepBack: isRecorded, supportsRestartFrame: isRecorded },
  });
  for (const { number } of debuggee.targets) {
    context.send('thread', { reason: 'started', threadId: threadId(number) });
  }
  if (settings.arrival && !settings.noDebug) {
    void arrive(context, debuggee, settings.arrival);
    return;
  }
  context.begun = true;
  if (settings.stand) {
    void proceed(context, { kind: 'replay', moment: settings.stand }, true);
    return;
  }
  if (settings.noDebug) debuggee.breakpoints.disable();
  if (settings.stopOnEntry && !settings.noDebug) {
    reportStop(context, { kind: 'entry' });
    return;
  }
  void proceed(context, { kind: 'continue' }, true);
}

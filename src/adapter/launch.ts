import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Debuggee, type DebuggeeEvents } from '../debugger/debuggee';
import { expandMessage, presentContext } from '../debugger/expressions';
import { BreakpointStore } from './breakpoint-store';
import { capabilities } from './capabilities';
import { THREAD_ID, type SessionContext } from './context';
import { holdsNow } from './conditions';
import { applyExceptionFilters } from './exceptions';
import { proceed, reportStop } from './execution';
import { handler, type Handlers } from './handlers';
import { checkAttributes, unknownAttributes, type LaunchSettings } from './launch-attributes';
import { loadProgram } from './program-loader';
import type { LaunchArguments } from './protocol';
import { RequestError } from './request-error';

/** The beginning and the end of a session. */
export function launchRequests(context: SessionContext): Handlers {
  const configuration = new Gate();
  context.breakpoints = new BreakpointStore(context);
  return {
    initialize: handler(async (args: DebugProtocol.InitializeRequestArguments) => {
      context.client.configure(args);
      await setLanguage(context, args.locale);
      return capabilities();
    }),
    launch: handler(async (args: LaunchArguments) => {
      if (context.debuggeeIfAny)
        throw new RequestError(l10n.t('the session has been launched already'));
      const settings = await prepare(context, args);
      context.send('initialized', undefined);
      await configuration.opened;
      context.after(() => begin(context, settings));
    }),
    attach: () => {
      throw new RequestError(
        l10n.t('there is nothing to attach to; use a launch configuration'),
        true,
      );
    },
    configurationDone: () => {
      configuration.open();
    },
    restart: handler(async (args: DebugProtocol.RestartArguments) => {
      const again = (args.arguments as LaunchArguments | undefined) ?? context.launchArguments;
      if (!again) throw new RequestError(l10n.t('no program is being debugged'));
      const settings = await prepare(context, again);
      context.after(() => begin(context, settings));
    }),
    terminate: () => {
      context.setDebuggee(undefined);
      context.after(() => {
        context.send('terminated', undefined);
      });
    },
    disconnect: () => {
      context.dispose();
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

async function setLanguage({ host }: SessionContext, locale: string | undefined): Promise<void> {
  const contents =
    locale === undefined ? undefined : await host.translations?.(locale.toLowerCase());
  if (contents) l10n.config({ contents: { ...contents } });
}

/** Checks the configuration, assembles, builds the machine. Nothing of an old debuggee is left then. */
async function prepare(context: SessionContext, args: LaunchArguments): Promise<LaunchSettings> {
  const settings = checkAttributes(args);
  for (const name of unknownAttributes(args)) {
    const text = l10n.t(
      'The launch configuration has an unknown attribute "{0}"; it is ignored.',
      name,
    );
    context.print(`${text}\n`, 'important');
  }
  const program = await loadProgram(settings, context.host, context.send);
  const { monitor, memory, allocation, intercepts, holdInterrupts } = settings;
  context.setDebuggee(undefined);
  const options = { program, monitor, memory, allocation, intercepts, holdInterrupts };
  try {
    context.setDebuggee(new Debuggee(options, events(context)));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RequestError(l10n.t('There is no memory for the machine: {0}', error.message), true);
  }
  context.launchArguments = args;
  context.breakpoints?.resolveAll();
  applyExceptionFilters(context);
  return settings;
}

function events(context: SessionContext): DebuggeeEvents {
  const { host } = context;
  return {
    output: (byte) => {
      context.output.add(byte);
    },
    log: (text, breakpoint) => {
      context.output.flush();
      context.print(`${text}\n`, 'console', context.breakpoints?.placeOf(breakpoint.id));
    },
    holds: (condition) => holdsNow(context, condition),
    condition: (expression) => holdsNow(context, expression),
    message: (template) => expandMessage(template, presentContext(context.debuggee.target)),
    breathe: async () => {
      context.output.flush();
      await (host.breathe?.() ?? new Promise((resolve) => setTimeout(resolve, 0)));
    },
  };
}

async function begin(context: SessionContext, settings: LaunchSettings): Promise<void> {
  context.send('thread', { reason: 'started', threadId: THREAD_ID });
  if (settings.noDebug) context.debuggee.breakpoints.disable();
  if (settings.stopOnEntry && !settings.noDebug) {
    reportStop(context, { kind: 'entry' });
    return;
  }
  proceed(context, { kind: 'continue' }, true);
}

import * as l10n from '@vscode/l10n';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Condition } from '../../debugger/run/reaction';
import { syntaxError } from '../../debugger/expressions';
import type { StopReason } from '../../debugger/run/stop';
import { isException } from '../../debugger/trace/event-log';
import { EXIT_FILTERS } from '../../debugger/techniques';
import { conditionOf } from './conditions';
import type { SessionContext } from '../context';
import {
  EMPTY_VECTOR_FILTER,
  ENTRY_FAILURE_FILTER,
  GUEST_EXCEPTION_FILTER,
  TRIPLE_FAULT_FILTER,
} from './exception-filters';
import { handler, type Handlers } from '../handlers';
import { RequestError } from '../request-error';
import { exceptionName, reasonText, type ToldException } from '../../debugger/words/faults';
import { stopText } from '../running/stop-text';

const ALWAYS: Condition = () => true;

/** Stops at VM exits, faults and failures. */
export function exceptionRequests(context: SessionContext): Handlers {
  return {
    setExceptionBreakpoints: handler((args: DebugProtocol.SetExceptionBreakpointsArguments) => {
      const wanted = new Map<string, Condition>();
      const answers: DebugProtocol.Breakpoint[] = [];
      const all = [
        ...args.filters.map((filterId) => ({ filterId, condition: undefined })),
        ...(args.filterOptions ?? []),
      ];
      for (const { filterId, condition } of all) {
        const wrong = condition ? syntaxError(condition) : undefined;
        if (wrong === undefined)
          wanted.set(filterId, condition ? conditionOf(context, condition) : ALWAYS);
        const message = wrong ?? neverStops(context, filterId);
        answers.push(message === undefined ? { verified: true } : { verified: false, message });
      }
      context.exceptionFilters = wanted;
      applyExceptionFilters(context);
      return { breakpoints: answers };
    }),

    exceptionInfo: () => exceptionInfo(context),
  };
}

/** Why nothing can ever stop at a filter in the present machine; undefined when something can. */
function neverStops(context: SessionContext, filterId: string): string | undefined {
  const known = EXIT_FILTERS.find(({ filter }) => filter === filterId);
  const exits = context.debuggeeIfAny?.target.technique.exits;
  if (!known || !exits) return undefined;
  const own = exits.groups.find(({ filter }) => filter === filterId);
  return exits.impossible(own ?? known) ?? (own ? undefined : notHere());
}

const notHere = (): string => l10n.t('nothing of this kind happens with this "monitor"');

/** Tells the debuggee, if there is one, what to stop at. */
export function applyExceptionFilters(context: SessionContext): void {
  const { debuggeeIfAny: debuggee, exceptionFilters: wanted } = context;
  if (!debuggee || !wanted) return;
  const { settings, target } = debuggee;
  settings.stopAtTripleFault = wanted.has(TRIPLE_FAULT_FILTER);
  settings.stopAtEmptyVectors = wanted.has(EMPTY_VECTOR_FILTER);
  settings.stopAtEntryFailure = wanted.has(ENTRY_FAILURE_FILTER);
  settings.stopAtExceptions = wanted.get(GUEST_EXCEPTION_FILTER);
  settings.stopAtExits = new Map(
    target.technique.exits.groups.flatMap(({ filter, reasons }) => {
      const condition = wanted.get(filter);
      return condition ? reasons.map((reason) => [reason, condition] as const) : [];
    }),
  );
}

function exceptionInfo(context: SessionContext): DebugProtocol.ExceptionInfoResponse['body'] {
  const { stop } = context;
  const { target } = context.debuggee;
  const text = stop && stopText(stop, target);
  if (!stop || text?.reason !== 'exception') {
    throw new RequestError(l10n.t('the guest has not stopped at an exception'));
  }
  const details = detailsOf(stop);
  return {
    exceptionId: text.description,
    description: text.text ?? text.description,
    breakMode: 'always',
    ...(details && { details }),
  };
}

/** An exception's name, and which check of the processor failed. */
function exceptionDetails(exception: ToldException): DebugProtocol.ExceptionDetails {
  const { reason } = exception;
  return {
    message: reason ? reasonText(reason) : exceptionName(exception),
    typeName: exceptionName(exception),
    fullTypeName: reason ? reason.check : exceptionName(exception),
  };
}

/** The chain of a triple fault: the last exception holds the ones that led to it. */
function detailsOf(stop: StopReason): DebugProtocol.ExceptionDetails | undefined {
  if (stop.kind === 'internal-error') return { message: stop.message, stackTrace: stop.message };
  if (stop.kind === 'guest-exception') return exceptionDetails(stop.event);
  if (stop.kind === 'raised') {
    return isException(stop.event) ? exceptionDetails(stop.event) : undefined;
  }
  if (stop.kind !== 'triple-fault') return undefined;
  return stop.chain.reduce<DebugProtocol.ExceptionDetails | undefined>(
    (inner, fault) => ({ ...exceptionDetails(fault), ...(inner && { innerException: [inner] }) }),
    undefined,
  );
}

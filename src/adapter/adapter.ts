import * as l10n from '@vscode/l10n';
import { DebugSession, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { isCommand, readArguments, type Command } from './arguments/requests';
import { shortened, shown } from './arguments/shape';
import { breakpointRequests } from './breakpoints/breakpoints';
import { comparisonRequests } from './comparison/comparison-requests';
import { placeRequests } from './comparison/place-requests';
import { completionRequests } from './inspect/completions';
import { SessionContext } from './context';
import { disassemblyRequests } from './memory/disassembly';
import { machineRequests } from './machine-picture/requests';
import { pageWalkRequests } from './page-walk/requests';
import { editRequests } from './edits/saved';
import { evaluateRequests } from './inspect/evaluate';
import { dataBreakpointRequests } from './breakpoints/data-breakpoints';
import { exceptionRequests } from './breakpoints/exceptions';
import { executionRequests } from './running/execution';
import { nextExitRequests } from './running/next-exit';
import { gotoRequests } from './running/goto';
import { handler, Reply, type Handlers } from './handlers';
import type { AdapterHost } from './host';
import { InFlight, type Answering } from './in-flight';
import { launchRequests } from './running/launch';
import { memoryRequests } from './memory/memory';
import { moduleRequests } from './modules';
import { pastRequests } from './past/past-requests';
import { recordingRequests } from './past/recordings';
import { RequestError, sessionHasEnded } from './request-error';
import { screenRequests } from './screen/screen-requests';
import { sourceRequests } from './sources';
import { stackRequests } from './inspect/stack';
import { variableRequests } from './inspect/variables';
import { viewRequests } from './inspect/views';

export type { AdapterHost, Translations } from './host';

/** What ends a session: nothing that is still under way is waited for. */
const ENDING: ReadonlySet<Command> = new Set<Command>(['terminate', 'disconnect']);

/** Speaks the Debug Adapter Protocol for one session; each family of requests has its own file. */
export class RingsideAdapter extends DebugSession {
  private readonly context: SessionContext;
  private readonly handlers: Handlers;
  private readonly inFlight = new InFlight();

  constructor(private readonly host: AdapterHost) {
    super();
    this.context = new SessionContext(host, (event, body) => {
      this.sendEvent({ event, body, seq: 0, type: 'event' });
    });
    const { context } = this;
    this.handlers = {
      ...launchRequests(context),
      ...executionRequests(context),
      ...nextExitRequests(context),
      ...pastRequests(context),
      ...recordingRequests(context),
      ...breakpointRequests(context),
      ...dataBreakpointRequests(context),
      ...exceptionRequests(context),
      ...stackRequests(context),
      ...variableRequests(context),
      ...evaluateRequests(context),
      ...completionRequests(context),
      ...memoryRequests(context),
      ...disassemblyRequests(context),
      ...sourceRequests(context),
      ...gotoRequests(context),
      ...editRequests(context),
      ...moduleRequests(context),
      ...viewRequests(context),
      ...pageWalkRequests(context),
      ...machineRequests(context),
      ...screenRequests(context),
      ...comparisonRequests(context),
      ...placeRequests(context),
      cancel: handler((args: DebugProtocol.CancelArguments) => {
        this.cancel(args);
      }),
    };
  }

  /** Takes whatever a client has sent. What cannot be answered, since it is no request, is skipped and told. */
  override handleMessage(message: unknown): void {
    if (isRequest(message)) this.dispatchRequest(message);
    else this.skipped(l10n.t('a message is no request of the debug adapter protocol'));
  }

  /** Something that came from the client could not be read. */
  skipped(why: string): void {
    this.context.print(`${l10n.t('Skipped: {0}', why)}\n`, 'stderr');
  }

  /** What can be answered at once is, before the next request is looked at. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    const { seq } = request;
    const answering: Answering = {
      answered: (answer) => {
        this.answer(request, answer);
      },
      failed: (error) => {
        this.sendFailure(request, error);
      },
    };
    try {
      this.inFlight.begin(seq, (signal) => this.handle(request, signal), answering);
    } catch (error) {
      answering.failed(error);
    }
  }

  private handle(
    { command, arguments: found }: DebugProtocol.Request,
    signal: AbortSignal,
  ): unknown {
    if (!isCommand(command)) throw unknownRequest(command);
    const answer = this.handlers[command];
    if (!answer) throw unknownRequest(command);
    const args = readArguments(command, found);
    if (ENDING.has(command)) this.inFlight.cancelAll(sessionHasEnded());
    return answer(args, signal);
  }

  private answer(request: DebugProtocol.Request, answer: unknown): void {
    const response: DebugProtocol.Response = new Response(request);
    response.body = answer instanceof Reply ? answer.body : answer;
    this.sendResponse(response);
    if (answer instanceof Reply) this.goOn(answer);
    if (request.command === 'disconnect') this.shutdown();
  }

  private goOn(reply: Reply): void {
    try {
      reply.after();
    } catch (error) {
      this.context.printBug(error);
    }
  }

  /** What is cancelled by the name of its progress is a run into the past: it stops where it is. */
  private cancel({ requestId, progressId }: DebugProtocol.CancelArguments): void {
    if (progressId !== undefined) this.context.debuggeeIfAny?.run.pause();
    if (requestId !== undefined) this.inFlight.cancel(requestId, new RequestError('cancelled'));
  }

  private sendFailure(request: DebugProtocol.Request, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const showUser = error instanceof RequestError && error.showUser;
    const expected = error instanceof RequestError || error instanceof RangeError;
    if (!expected && error instanceof Error && error.name !== 'ExpressionError') {
      this.context.printBug(error);
    }
    const response: DebugProtocol.Response = new Response(request);
    response.success = false;
    response.message = message;
    response.body = { error: { id: 1, format: '{text}', variables: { text: message }, showUser } };
    this.sendResponse(response);
  }

  /** The client has gone, or said good-bye. */
  override shutdown(): void {
    const saved = this.context.saveImages();
    this.context.dispose();
    if (saved) void saved.then(() => this.host.closed?.());
    else this.host.closed?.();
  }

  override dispose(): void {
    void this.context.saveImages();
    this.context.dispose();
  }
}

/** A request has a number, by which it is answered; everything else in it is checked when it is handled. */
function isRequest(message: unknown): message is DebugProtocol.Request {
  if (typeof message !== 'object' || message === null) return false;
  const { type, seq } = message as Partial<DebugProtocol.Request>;
  return type === 'request' && Number.isSafeInteger(seq);
}

function unknownRequest(command: unknown): RequestError {
  const name = typeof command === 'string' ? shortened(command) : shown(command);
  return new RequestError(l10n.t('unknown request {0}', name));
}

/** A debug adapter for one session: `start` it on streams, or pass messages to it directly. */
export function createAdapter(host: AdapterHost): RingsideAdapter {
  return new RingsideAdapter(host);
}

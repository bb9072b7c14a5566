import * as l10n from '@vscode/l10n';
import { DebugSession, Response } from '@vscode/debugadapter';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { breakpointRequests } from './breakpoints/breakpoints';
import { completionRequests } from './inspect/completions';
import { SessionContext } from './context';
import { disassemblyRequests } from './memory/disassembly';
import { evaluateRequests } from './inspect/evaluate';
import { exceptionRequests } from './breakpoints/exceptions';
import { executionRequests } from './running/execution';
import { gotoRequests } from './running/goto';
import { Reply, type Handlers } from './handlers';
import type { AdapterHost } from './host';
import { launchRequests } from './running/launch';
import { memoryRequests } from './memory/memory';
import { moduleRequests } from './modules';
import { RequestError } from './request-error';
import { sourceRequests } from './sources';
import { stackRequests } from './inspect/stack';
import { variableRequests } from './inspect/variables';
import { viewRequests } from './inspect/views';

export type { AdapterHost, Translations } from './host';

/** Speaks the Debug Adapter Protocol for one session; each family of requests has its own file. */
export class RingsideAdapter extends DebugSession {
  private readonly context: SessionContext;
  private readonly handlers: Handlers;
  private readonly inFlight = new Map<number, (error: RequestError) => void>();

  constructor(private readonly host: AdapterHost) {
    super();
    this.context = new SessionContext(host, (event, body) => {
      this.sendEvent({ event, body, seq: 0, type: 'event' });
    });
    const { context } = this;
    this.handlers = {
      ...launchRequests(context),
      ...executionRequests(context),
      ...breakpointRequests(context),
      ...exceptionRequests(context),
      ...stackRequests(context),
      ...variableRequests(context),
      ...evaluateRequests(context),
      ...completionRequests(context),
      ...memoryRequests(context),
      ...disassemblyRequests(context),
      ...sourceRequests(context),
      ...gotoRequests(context),
      ...moduleRequests(context),
      ...viewRequests(context),
      cancel: (args) => {
        this.cancel(args as DebugProtocol.CancelArguments);
      },
    };
  }

  /** What can be answered at once is, before the next request is looked at. */
  protected override dispatchRequest(request: DebugProtocol.Request): void {
    try {
      const handler = this.handlers[request.command];
      if (!handler) throw new RequestError(l10n.t('unknown request {0}', request.command));
      const answer = handler(request.arguments ?? {});
      if (answer instanceof Promise) void this.answerLater(request, answer);
      else this.answer(request, answer);
    } catch (error) {
      this.sendFailure(new Response(request), error);
    }
  }

  private async answerLater(
    request: DebugProtocol.Request,
    answer: Promise<unknown>,
  ): Promise<void> {
    const cancelled = new Promise((_, reject) => this.inFlight.set(request.seq, reject));
    try {
      this.answer(request, await Promise.race([answer, cancelled]));
    } catch (error) {
      this.sendFailure(new Response(request), error);
    } finally {
      this.inFlight.delete(request.seq);
    }
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
      this.context.print(`${stackOf(error)}\n`, 'stderr');
    }
  }

  private cancel({ requestId }: DebugProtocol.CancelArguments): void {
    if (requestId !== undefined) this.inFlight.get(requestId)?.(new RequestError('cancelled'));
  }

  private sendFailure(response: DebugProtocol.Response, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    const showUser = error instanceof RequestError && error.showUser;
    const expected = error instanceof RequestError || error instanceof RangeError;
    if (!expected && error instanceof Error && error.name !== 'ExpressionError') {
      this.context.print(`${stackOf(error)}\n`, 'stderr'); // a bug of ours: say where
    }
    response.success = false;
    response.message = message;
    response.body = { error: { id: 1, format: '{text}', variables: { text: message }, showUser } };
    this.sendResponse(response);
  }

  /** The client has gone, or said good-bye. */
  override shutdown(): void {
    this.context.dispose();
    this.host.closed?.();
  }

  override dispose(): void {
    this.context.dispose();
  }
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** A debug adapter for one session: `start` it on streams, or pass messages to it directly. */
export function createAdapter(host: AdapterHost): RingsideAdapter {
  return new RingsideAdapter(host);
}

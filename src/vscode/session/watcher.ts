import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import {
  CustomEvent,
  CustomRequest,
  type DiagnosticsEventBody,
  type RemarkEventBody,
  type ScreenEventBody,
} from '../../adapter/protocol';
import { PastRequest } from '../../adapter/past/protocol';
import { DEBUG_TYPE } from '../debug-type';

/** What the faces of the extension look at: a session that stands, and the frame in focus. */
export interface Focus {
  readonly session: vscode.DebugSession;
  readonly frameId: number | undefined;
}

/** A guest has come to stand; the reason is the protocol's. */
export interface Stop {
  readonly session: vscode.DebugSession;
  readonly reason: string;
}

/** What lets the guest go on. Adapters send no event `continued` for what the client asked for. */
const RUNNING_COMMANDS = new Set([
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'restartFrame',
  PastRequest.STEP_BACK_INTO,
  PastRequest.STEP_BACK_OUT,
  PastRequest.GO_TO,
  PastRequest.LAST_STORE,
  PastRequest.NEXT_STORE,
  CustomRequest.STEP_TRANSLATED,
  CustomRequest.NEXT_EXIT,
]);

/** How long the guest runs before it is called running, in milliseconds: a step is over by then. */
const RUNNING_DELAY = 200;

/** How long to wait for VS Code to put a frame into focus after a stop, in milliseconds. */
const FOCUS_DELAY = 250;

/**
 * Watches the messages of Ringside's sessions and VS Code's focus, and says when what is shown must be
 * read again. One place, so that views, status bar and terminals agree.
 */
export class SessionWatcher implements vscode.Disposable {
  private readonly stopped = new Set<string>();
  private readonly focusEmitter = new vscode.EventEmitter<Focus | undefined>();
  private readonly runningEmitter = new vscode.EventEmitter<vscode.DebugSession>();
  private readonly stopEmitter = new vscode.EventEmitter<Stop>();
  private readonly outputEmitter = new vscode.EventEmitter<{
    session: vscode.DebugSession;
    text: string;
  }>();
  private readonly diagnosticsEmitter = new vscode.EventEmitter<{
    session: vscode.DebugSession;
    body: DiagnosticsEventBody;
  }>();
  private readonly screenEmitter = new vscode.EventEmitter<{
    session: vscode.DebugSession;
    body: ScreenEventBody;
  }>();
  private readonly remarkEmitter = new vscode.EventEmitter<{
    session: vscode.DebugSession;
    body: RemarkEventBody;
  }>();
  private readonly subscriptions: vscode.Disposable[];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private runningTimer: ReturnType<typeof setTimeout> | undefined;

  /** The focused frame of a stopped session has changed, or its state; undefined: nothing stands. */
  readonly onFocus = this.focusEmitter.event;
  /** A guest has come to stand. VS Code puts the focus on a frame after that. */
  readonly onStop = this.stopEmitter.event;
  /** The guest has been let run. */
  readonly onRunning = this.runningEmitter.event;
  /** What the guest printed. */
  readonly onOutput = this.outputEmitter.event;
  readonly onDiagnostics = this.diagnosticsEmitter.event;
  /** A guest has begun to use its screen, or has ended and left it so. */
  readonly onScreen = this.screenEmitter.event;
  /** Something has happened at a line of the source. */
  readonly onRemark = this.remarkEmitter.event;

  constructor() {
    this.subscriptions = [
      this.focusEmitter,
      this.runningEmitter,
      this.stopEmitter,
      this.outputEmitter,
      this.diagnosticsEmitter,
      this.screenEmitter,
      this.remarkEmitter,
      vscode.debug.onDidChangeActiveStackItem(() => {
        this.refresh(0);
      }),
      vscode.debug.onDidChangeActiveDebugSession(() => {
        this.refresh(0);
      }),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.stopped.delete(session.id);
        clearTimeout(this.runningTimer);
        this.refresh(0);
      }),
      vscode.debug.registerDebugAdapterTrackerFactory(DEBUG_TYPE, {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
            if (message.type === 'event') this.take(session, message as DebugProtocol.Event);
            else if (message.type === 'response') {
              this.takeResponse(session, message as DebugProtocol.Response);
            }
          },
        }),
      }),
    ];
  }

  /** The session and frame that a person looks at; undefined while there is none that stands. */
  get focus(): Focus | undefined {
    const item = vscode.debug.activeStackItem;
    const session = item?.session ?? vscode.debug.activeDebugSession;
    if (session?.type !== DEBUG_TYPE || !this.stopped.has(session.id)) return undefined;
    return {
      session,
      frameId: item instanceof vscode.DebugStackFrame ? item.frameId : undefined,
    };
  }

  /** A session of ours, running or not. */
  get session(): vscode.DebugSession | undefined {
    const session = vscode.debug.activeDebugSession;
    return session?.type === DEBUG_TYPE ? session : undefined;
  }

  /** Whether a session's guest stands. */
  stands(session: vscode.DebugSession): boolean {
    return this.stopped.has(session.id);
  }

  /** The next session of a kind that comes to stand; undefined where none does for so long (milliseconds). */
  nextStop(
    isMeant: (session: vscode.DebugSession) => boolean,
    patience: number,
  ): Promise<vscode.DebugSession | undefined> {
    return new Promise((resolve) => {
      const end = (session?: vscode.DebugSession): void => {
        clearTimeout(timer);
        stops.dispose();
        resolve(session);
      };
      const timer = setTimeout(end, patience);
      const stops = this.onStop(({ session }) => {
        if (isMeant(session)) end(session);
      });
    });
  }

  /** Says that the state shown has to be read again. */
  refresh(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.focusEmitter.fire(this.focus);
    }, delay);
  }

  private take(session: vscode.DebugSession, event: DebugProtocol.Event): void {
    switch (event.event) {
      case 'stopped':
        this.stopped.add(session.id);
        this.stopEmitter.fire({
          session,
          reason: (event as DebugProtocol.StoppedEvent).body.reason,
        });
        clearTimeout(this.runningTimer);
        this.refresh(FOCUS_DELAY); // normally the focus changes before
        break;
      case 'output': {
        const { category, output } = (event as DebugProtocol.OutputEvent).body;
        if (category === 'stdout') this.outputEmitter.fire({ session, text: output });
        break;
      }
      case CustomEvent.CHANGED:
        this.refresh(0);
        break;
      case CustomEvent.SCREEN:
        this.screenEmitter.fire({ session, body: event.body as ScreenEventBody });
        break;
      case CustomEvent.REMARK:
        this.remarkEmitter.fire({ session, body: event.body as RemarkEventBody });
        break;
      case CustomEvent.DIAGNOSTICS:
        this.diagnosticsEmitter.fire({ session, body: event.body as DiagnosticsEventBody });
        break;
    }
  }

  private takeResponse(
    session: vscode.DebugSession,
    { command, success }: DebugProtocol.Response,
  ): void {
    if (!success || !RUNNING_COMMANDS.has(command)) return;
    this.stopped.delete(session.id);
    clearTimeout(this.timer);
    clearTimeout(this.runningTimer);
    this.runningTimer = setTimeout(() => {
      this.runningEmitter.fire(session);
    }, RUNNING_DELAY);
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.runningTimer);
    for (const subscription of this.subscriptions) subscription.dispose();
  }
}

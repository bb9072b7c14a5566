import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { RingsideApi } from '../../../src/vscode/activate';
import { PastRequest } from '../../../src/adapter/past/protocol';
import {
  CustomRequest,
  type ViewArguments,
  type ViewResponse,
} from '../../../src/adapter/protocol';

/** Helpers of the suites: they use VS Code as a person would, by commands, and look at what is there. */

const PATIENCE = 15_000;

export function workspaceUri(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'a folder is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

/** The guests of comparisons are left after so many instructions, while something is done. */
export async function withInstructions(limit: number, act: () => Promise<void>): Promise<void> {
  const set = (value: number | undefined): Thenable<void> =>
    vscode.workspace
      .getConfiguration('ringside')
      .update('compare.instructions', value, vscode.ConfigurationTarget.Global);
  await set(limit);
  try {
    await act();
  } finally {
    await set(undefined);
  }
}

export async function openFile(path: string): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument(workspaceUri(path));
  return vscode.window.showTextDocument(document);
}

/** The line from 0 of the first line that contains the text. */
export function lineOf(editor: vscode.TextEditor, text: string): number {
  const line = editor.document
    .getText()
    .split(/\r?\n/)
    .findIndex((each) => each.includes(text));
  assert.ok(line >= 0, `"${text}" is in ${editor.document.fileName}`);
  return line;
}

export async function api(): Promise<RingsideApi> {
  const extension = vscode.extensions.getExtension<RingsideApi>('ringside.ringside');
  assert.ok(extension, 'the extension is installed');
  return extension.activate();
}

export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export interface Place {
  readonly session: vscode.DebugSession;
  readonly frame: DebugProtocol.StackFrame;
  readonly frames: DebugProtocol.StackFrame[];
}

let stops = 0;
/** How often VS Code has put the focus on a frame, which it does some time after each stop. */
let focuses = 0;
let current: vscode.DebugSession | undefined;
/** Whether VS Code still has to read the frames below the top one, which it does 420 ms after a stop. */
let readsStack = false;

const RESUMING = new Set([
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
  CustomRequest.NEXT_EXIT,
  'restart',
  'disconnect',
]);

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Counts stops, so that a step waits for its own, and knows the session at first hand. Once per run.
 */
export function watchSessions(): void {
  vscode.debug.onDidChangeActiveStackItem((item) => {
    if (item instanceof vscode.DebugStackFrame) focuses++;
  });
  vscode.debug.onDidTerminateDebugSession((session) => {
    if (session === current) current = undefined;
  });
  vscode.debug.registerDebugAdapterTrackerFactory('ringside', {
    createDebugAdapterTracker: (session) => {
      current = session;
      return {
        // A session whose launch fails never was one for `onDidTerminateDebugSession`.
        onWillStopSession: () => {
          if (session === current) current = undefined;
        },
        onError: (error) => {
          console.error('the adapter:', error.message);
        },
        onExit: (code) => {
          if (code !== 0) console.error(`the adapter ended with status ${String(code)}`);
        },
        onWillReceiveMessage: ({ command: name, arguments: args }: DebugProtocol.Request) => {
          if (RESUMING.has(name)) readsStack = false;
          const { startFrame = 0 } = (args ?? {}) as Partial<DebugProtocol.StackTraceArguments>;
          if (name === 'stackTrace' && startFrame > 0) readsStack = false;
        },
        onDidSendMessage: (message: DebugProtocol.Event) => {
          if (message.type !== 'event' || message.event !== 'stopped') return;
          stops++;
          readsStack = true;
        },
      };
    },
  });
}

/** Does something that ends in a stop, and says where that is, once VS Code has its focus there. */
export async function stopAfter(action: () => PromiseLike<unknown>): Promise<Place> {
  const before = { stops, focuses };
  await action();
  await until('a stop', () => (stops > before.stops ? true : undefined));
  await until('the focus on a frame', () => (focuses > before.focuses ? true : undefined));
  let reason: unknown;
  const found = until('a focused frame', () =>
    place().catch((error: unknown) => {
      reason = error;
      return undefined;
    }),
  );
  return found.catch((error: unknown) => {
    throw new Error(`${String(error)}: ${String(reason)}`);
  });
}

export const command = (name: string) => (): PromiseLike<unknown> =>
  vscode.commands.executeCommand(name);

export const stepOver = command('workbench.action.debug.stepOver');
export const stepInto = command('workbench.action.debug.stepInto');
export const stepOut = command('workbench.action.debug.stepOut');
export const resume = command('workbench.action.debug.continue');
/** F5 */
export const start = command('workbench.action.debug.start');

/** Where the guest stands in the session that has the focus; an error that says what is missing. */
async function place(): Promise<Place> {
  const session = current;
  const active = vscode.debug.activeDebugSession;
  if (!session) throw new Error('no session is known');
  if (active?.id !== session.id) throw new Error(`${active?.name ?? 'no session'} is active`);
  const frames = await stackOf(session);
  const [frame] = frames;
  if (!frame) throw new Error('the stack is empty');
  return { session, frame, frames };
}

/** Changes a text as typing does. An editor may be replaced at any moment by one of the same text; the text stays. */
export async function edit(
  { uri }: vscode.TextDocument,
  range: vscode.Range,
  text: string,
): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  change.replace(uri, range, text);
  assert.ok(await vscode.workspace.applyEdit(change), 'the edit is applied');
}

export async function stackOf(session: vscode.DebugSession): Promise<DebugProtocol.StackFrame[]> {
  const body = (await session.customRequest('stackTrace', {
    threadId: 1,
    startFrame: 0,
    levels: 20,
  })) as DebugProtocol.StackTraceResponse['body'];
  return body.stackFrames;
}

export async function view(
  session: vscode.DebugSession,
  args: ViewArguments,
): Promise<ViewResponse> {
  return (await session.customRequest(CustomRequest.VIEW, args)) as ViewResponse;
}

/**
 * Ends the session, not before VS Code has read the whole stack: it then puts the focus on the thread again if nothing has
 * it, and a session that had ended by then would be the active one for ever.
 */
export async function stopDebugging(): Promise<void> {
  for (let waited = 0; readsStack && waited < 1500; waited += 50) await pause(50);
  await pause(150);
  readsStack = false;
  await vscode.debug.stopDebugging();
  await until('the end of the session', () =>
    current === undefined && vscode.debug.activeDebugSession === undefined ? true : undefined,
  );
}

export async function removeBreakpoints(): Promise<void> {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

import * as vscode from 'vscode';
import {
  CustomRequest,
  type ViewArguments,
  type ViewResponse,
  type WorldResponse,
} from '../../adapter/protocol';
import type { Focus, SessionWatcher } from './watcher';

/** Things done for the first time, by which the walkthrough's steps (package.json) know that they are done. */
const STOPPED = 'ringside.hasStopped';
const EXITED = 'ringside.hasSeenExit';
const STEPPED = 'ringside.hasSteppedInMonitor';

const done = (step: string): Thenable<unknown> =>
  vscode.commands.executeCommand('setContext', step, true);

/** Looks at each stop until all of them are done. */
export function tellFirstSteps(watcher: SessionWatcher): vscode.Disposable {
  const open = new Set([EXITED, STEPPED]);
  let stepped = false;
  const finish = (step: string): void => {
    if (open.delete(step)) void done(step);
  };
  const stops = watcher.onStop(({ reason }) => {
    stepped = reason === 'step';
  });
  const focuses = watcher.onFocus((focus) => {
    if (!focus || open.size === 0) return;
    void done(STOPPED);
    const hasStepped = stepped;
    void look(focus).then((seen) => {
      if (seen.exits) finish(EXITED);
      if (seen.inMonitor && hasStepped) finish(STEPPED);
    });
  });
  return vscode.Disposable.from(stops, focuses);
}

async function look({
  session,
  frameId,
}: Focus): Promise<{ readonly exits: boolean; readonly inMonitor: boolean }> {
  const frame = frameId === undefined ? {} : { frameId };
  const view: ViewArguments = { view: 'exits', ...frame };
  try {
    const exits = (await session.customRequest(CustomRequest.VIEW, view)) as ViewResponse;
    const world = (await session.customRequest(CustomRequest.WORLD, frame)) as WorldResponse;
    return { exits: exits.nodes.length > 0, inMonitor: world.side === 'monitor' };
  } catch {
    return { exits: false, inMonitor: false }; // the guest was let run meanwhile, or has ended
  }
}

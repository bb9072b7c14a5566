import * as vscode from 'vscode';
import { CustomRequest, type ViewArguments, type ViewResponse } from '../../adapter/protocol';
import { DEBUG_TYPE } from '../debug-type';
import type { Focus, SessionWatcher } from './watcher';

/** The monitor of the active session, by which `package.json` shows what only some monitors have. */
const MONITOR = 'ringside.monitor';
/** Set at a stop of a session that has had no VMCS or VMCB yet: nothing in it is virtualized by hardware. */
const NO_STRUCTURE = 'ringside.noControlStructure';

/** Tells VS Code by which monitor the guest of the active session runs, and whether there is a VMCS or VMCB. */
export function tellMonitor(watcher: SessionWatcher): vscode.Disposable {
  const virtualized = new WeakSet<vscode.DebugSession>();
  return vscode.Disposable.from(
    vscode.debug.onDidChangeActiveDebugSession((session) => {
      const monitor: unknown =
        session?.type === DEBUG_TYPE ? session.configuration['monitor'] : undefined;
      tell(MONITOR, monitor);
      if (!session) tell(NO_STRUCTURE, false);
    }),
    watcher.onFocus((focus) => {
      if (focus) void look(focus, virtualized);
    }),
  );
}

/** A program on the bare computer becomes a hypervisor while it runs: each stop may be the first with a VMCS. */
async function look(focus: Focus, virtualized: WeakSet<vscode.DebugSession>): Promise<void> {
  const { session } = focus;
  if (!virtualized.has(session)) {
    const rows = await structureRows(focus);
    if (!rows) return;
    if (rows.length > 0) virtualized.add(session);
  }
  tell(NO_STRUCTURE, !virtualized.has(session));
}

/** Undefined: the guest was let run meanwhile, or has ended. */
async function structureRows({
  session,
  frameId,
}: Focus): Promise<ViewResponse['nodes'] | undefined> {
  const request: ViewArguments = { view: 'vmcs', ...(frameId !== undefined && { frameId }) };
  try {
    return ((await session.customRequest(CustomRequest.VIEW, request)) as ViewResponse).nodes;
  } catch {
    return undefined;
  }
}

function tell(name: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', name, value);
}

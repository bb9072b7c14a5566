import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { CustomRequest } from '../../adapter/protocol';
import { launchOf, pathOf, programToDebug, tellNoProgram } from '../session/configurations';
import { sourceUri } from '../session/source-uri';
import { askFocused } from './ask';
import type { CommandContext, Commands } from './commands';

interface StackPick extends vscode.QuickPickItem {
  readonly frame?: DebugProtocol.StackFrame;
}

/** Starting a session, its terminal, and where it stands. */
export function sessionCommands(context: CommandContext): Commands {
  const { watcher, world, terminals, lastGuest } = context;
  return {
    'ringside.debugAgain': () => lastGuest.debug(),
    'ringside.debugFile': (resource?: vscode.Uri) => {
      const uri = resource ?? vscode.window.activeTextEditor?.document.uri;
      const program = uri ? pathOf(uri) : programToDebug();
      if (program === undefined) return tellNoProgram();
      const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
      return vscode.debug.startDebugging(folder, launchOf(program));
    },
    'ringside.nextExit': () => askFocused(watcher)(CustomRequest.NEXT_EXIT),
    'ringside.openTerminal': () => {
      const { session } = watcher;
      if (session) terminals.show(session);
      else {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('No guest is being debugged. Open its source and press F5.'),
        );
      }
    },
    'ringside.stepTranslated': async () => {
      const { focus } = watcher;
      await focus?.session.customRequest(CustomRequest.STEP_TRANSLATED);
    },
    'ringside.showWorld': async () => {
      const { focus } = watcher;
      if (!focus) return;
      const picked = await vscode.window.showQuickPick(await stackOf(focus.session), {
        title: world.text.replace(/^\$\([^)]*\) /, ''),
        placeHolder: vscode.l10n.t('How control came here, latest first'),
        matchOnDescription: true,
      });
      const frame = picked?.frame;
      if (!frame?.source) return;
      const at = new vscode.Position(Math.max(frame.line - 1, 0), Math.max(frame.column - 1, 0));
      const uri = sourceUri(frame.source, focus.session);
      await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
    },
  };
}

/** The call stack through all worlds; its label frames are the transitions. */
async function stackOf(session: vscode.DebugSession): Promise<StackPick[]> {
  const { threads } = (await session.customRequest(
    'threads',
  )) as DebugProtocol.ThreadsResponse['body'];
  const threadId = threads[0]?.id ?? 1;
  const { stackFrames } = (await session.customRequest('stackTrace', {
    threadId,
    startFrame: 0,
    levels: 50,
  })) as DebugProtocol.StackTraceResponse['body'];
  return stackFrames.map((frame) =>
    frame.presentationHint === 'label'
      ? { label: frame.name, kind: vscode.QuickPickItemKind.Separator }
      : {
          label: `$(${frame.source?.sourceReference ? 'server-process' : 'vm'}) ${frame.name}`,
          ...(frame.source?.name !== undefined && {
            description: `${frame.source.name}:${frame.line}`,
          }),
          frame,
        },
  );
}

import * as vscode from 'vscode';
import { messageOf } from '../errors';
import { compareInBackground } from '../comparison/compare';
import { isAssembly } from '../language/languages';
import { completed, launchOf, pathOf, programToDebug } from '../session/configurations';
import type { CommandContext, Commands } from './commands';

/** Comparing techniques: all at once, and at one instruction. */
export function comparisonCommands(context: CommandContext): Commands {
  return {
    'ringside.compareTechniques': async (resource?: unknown) => {
      const chosen = resource instanceof vscode.Uri ? resource : undefined;
      const configuration = whatToCompare(context, chosen);
      if (!configuration) {
        void vscode.window.showErrorMessage(
          vscode.l10n.t('Open the assembly source of a guest (.asm) to compare techniques.'),
        );
        return;
      }
      try {
        await saveSources();
        const body = await compareInBackground(context.platform, configuration);
        if (body) context.comparison.show(body);
      } catch (error) {
        tellFailure(error);
      }
    },

    'ringside.showUnderOtherTechnique': async (way?: unknown) => {
      const session = context.watcher.focus?.session;
      if (!session) {
        void vscode.window.showInformationMessage(
          vscode.l10n.t('No guest stands at an instruction.'),
        );
        return;
      }
      try {
        await context.otherWays.show(session, typeof way === 'string' ? way : undefined);
      } catch (error) {
        tellFailure(error);
      }
    },
  };
}

/** The adapter reads files, not editors. */
async function saveSources(): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.filter(
    (document) => document.isDirty && !document.isUntitled && isAssembly(document),
  );
  await Promise.all(unsaved.map((document) => document.save()));
}

function tellFailure(error: unknown): void {
  void vscode.window.showErrorMessage(messageOf(error));
}

/** What the running session debugs, unless another file is chosen; else the file in front, as F5 would start it. */
function whatToCompare(
  { watcher: { session }, platform }: CommandContext,
  chosen: vscode.Uri | undefined,
): vscode.DebugConfiguration | undefined {
  const program = chosen ? pathOf(chosen) : programToDebug();
  if (session && (!chosen || isProgram(session, chosen))) return session.configuration;
  if (program === undefined) return undefined;
  const folder = chosen && vscode.workspace.getWorkspaceFolder(chosen);
  return completed(platform, folder, launchOf(program));
}

/** In a browser configurations name files by URI. */
const isProgram = ({ configuration }: vscode.DebugSession, uri: vscode.Uri): boolean =>
  configuration.program === pathOf(uri) || configuration.program === uri.toString();

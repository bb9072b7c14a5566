import * as vscode from 'vscode';
import { messageOf } from '../errors';
import { explainDump } from '../dumps/explain-dump';
import type { CommandContext, Commands } from './commands';

/** Explaining dumps of real machines. */
export function doctorCommands({ platform }: CommandContext): Commands {
  return {
    'ringside.explainDump': async (resource?: unknown) => {
      try {
        await explainDump(platform, resource instanceof vscode.Uri ? resource : undefined);
      } catch (error) {
        const message = messageOf(error);
        void vscode.window.showErrorMessage(message);
      }
    },
  };
}

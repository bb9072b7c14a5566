import * as vscode from 'vscode';
import type { CompareArguments, ComparisonBody } from '../../adapter/comparison/protocol';
import { CustomRequest, type LaunchArguments } from '../../adapter/protocol';
import type { Platform } from '../platform';
import { askInBackground } from './background';

/**
 * Compares techniques in the background.
 *
 * @returns undefined when it was called off
 * @throws Error with a message for people
 */
export function compareInBackground(
  platform: Platform,
  configuration: vscode.DebugConfiguration,
): Promise<ComparisonBody | undefined> {
  const limit = vscode.workspace.getConfiguration('ringside').get<number>('compare.instructions');
  const args: CompareArguments = {
    configuration: configuration as vscode.DebugConfiguration & LaunchArguments,
    ...(limit !== undefined && { limit }),
  };
  const title = vscode.l10n.t('Comparing techniques');
  return askInBackground(platform, title, CustomRequest.COMPARE, args);
}

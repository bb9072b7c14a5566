import * as vscode from 'vscode';
import type {
  CompareArguments,
  CompareProgressBody,
  ComparisonBody,
} from '../../adapter/comparison/protocol';
import { CustomEvent, CustomRequest, type LaunchArguments } from '../../adapter/protocol';
import { AdapterClient } from '../background/adapter-client';
import type { Platform } from '../platform';

/** The search for the instruction where a guest parts is a part of its way, after its run. */
const PHASES: Readonly<Record<CompareProgressBody['phase'], number>> = { run: 0, search: 0.5 };

/**
 * Compares techniques in an adapter in the background, with a notification that tells how far it is and by which it is
 * called off.
 *
 * @returns undefined when it was called off
 * @throws Error with a message for people
 */
export async function compareInBackground(
  platform: Platform,
  configuration: vscode.DebugConfiguration,
): Promise<ComparisonBody | undefined> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Comparing techniques'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const client = new AdapterClient(await platform.openAdapter());
    let told = 0;
    client.onEvent(({ event, body }) => {
      if (event !== CustomEvent.COMPARE_PROGRESS) return;
      const { way, number, count, phase, done } = body as CompareProgressBody;
      const now = (100 * (number - 1 + PHASES[phase] + done / 2)) / count;
      const message = phase === 'run' ? way : vscode.l10n.t('{0}: looking where it parts', way);
      progress.report({ message, increment: Math.max(0, now - told) });
      told = Math.max(told, now);
    });
    try {
      await client.initialize();
      return await ask(client, configuration, token);
    } finally {
      client.dispose();
    }
  });
}

async function ask(
  client: AdapterClient,
  configuration: vscode.DebugConfiguration,
  token: vscode.CancellationToken,
): Promise<ComparisonBody | undefined> {
  const limit = vscode.workspace.getConfiguration('ringside').get<number>('compare.instructions');
  const args: CompareArguments = {
    configuration: configuration as vscode.DebugConfiguration & LaunchArguments,
    ...(limit !== undefined && { limit }),
  };
  try {
    return (await client.request(CustomRequest.COMPARE, args, token)) as ComparisonBody;
  } catch (error) {
    if (error instanceof vscode.CancellationError) return undefined;
    throw error;
  }
}

import * as vscode from 'vscode';
import type { CompareProgressBody } from '../../adapter/comparison/protocol';
import { CustomEvent } from '../../adapter/protocol';
import { AdapterClient } from '../background/adapter-client';
import type { Platform } from '../platform';

/** The search for the instruction where a guest parts is a part of its way, after its run. */
const PHASES: Readonly<Record<CompareProgressBody['phase'], number>> = { run: 0, search: 0.5 };

/**
 * Asks an adapter in the background, with a notification that tells how far it is and by which it is called off.
 *
 * @returns undefined when it was called off
 * @throws Error with a message for people
 */
export async function askInBackground<Body>(
  platform: Platform,
  title: string,
  request: string,
  args: object,
): Promise<Body | undefined> {
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress(
    { location, title, cancellable: true },
    async (progress, token) => {
      const client = new AdapterClient(await platform.openAdapter());
      tellProgress(client, progress);
      try {
        await client.initialize();
        return (await client.request(request, args, token)) as Body;
      } catch (error) {
        if (error instanceof vscode.CancellationError) return undefined;
        throw error;
      } finally {
        client.dispose();
      }
    },
  );
}

function tellProgress(
  client: AdapterClient,
  progress: vscode.Progress<{ message?: string; increment?: number }>,
): void {
  let told = 0;
  client.onEvent(({ event, body }) => {
    if (event !== CustomEvent.COMPARE_PROGRESS) return;
    const { way, number, count, phase, done } = body as CompareProgressBody;
    const now = (100 * (number - 1 + PHASES[phase] + done / 2)) / count;
    const message = phase === 'run' ? way : vscode.l10n.t('{0}: looking where it parts', way);
    progress.report({ message, increment: Math.max(0, now - told) });
    told = Math.max(told, now);
  });
}

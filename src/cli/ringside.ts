/**
 * What ships once, as one bundle, for the command line and for the browser's worker. Each part is loaded when it is
 * asked for; the browser asks for no command line, which is Node's alone.
 */

import type { createAdapter } from '../adapter/adapter';

export async function commandLine(): Promise<void> {
  const { runCommandLine } = await import('./command-line');
  await runCommandLine();
}

export async function adapter(): Promise<{ readonly createAdapter: typeof createAdapter }> {
  return import('../adapter/adapter');
}

/** The sources of the monitor and of the firmware by name, to be read in the editor. */
export async function shippedSources(): Promise<Readonly<Record<string, string>>> {
  const { monitorSources } = await import('ringside:monitor-sources');
  const { firmwareSources } = await import('ringside:firmware-sources');
  return { ...monitorSources, ...firmwareSources };
}

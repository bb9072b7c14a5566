import { cpSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/**
 * The samples and the files of the suites in one folder, fresh: a run may write there. Without the samples'
 * launch configurations: F5 needs none.
 */
export function makeWorkspace(name: string): string {
  const folder = join(ROOT, 'out', 'workspaces', name);
  rmSync(folder, { recursive: true, force: true });
  const filter = (path: string): boolean => basename(path) !== '.vscode';
  cpSync(join(ROOT, 'samples'), folder, { recursive: true, filter });
  cpSync(join(__dirname, 'workspace'), folder, { recursive: true });
  return folder;
}

import { cpSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(__dirname, '../..');

/** The samples and the files of the suites in one folder, fresh: a run may write there. */
export function makeWorkspace(name: string): string {
  const folder = join(ROOT, 'out', 'workspaces', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(ROOT, 'samples'), folder, { recursive: true });
  cpSync(join(__dirname, 'workspace'), folder, { recursive: true });
  return folder;
}

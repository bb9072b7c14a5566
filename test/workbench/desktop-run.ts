import { join } from 'node:path';
import {
  downloadAndUnzipVSCode,
  resolveCliArgsFromVSCodeExecutablePath,
  runTests,
} from '@vscode/test-electron';
import { mustRun } from '../../scripts/processes';
import { ResultReader, type Result } from './results';
import { makeWorkspace, ROOT } from './workspace-copy';

/**
 * Runs the suite of the Node extension host in a desktop VS Code: the one that
 * RINGSIDE_DESKTOP_VSCODE names, else a downloaded one.
 */
export async function runOnDesktop(vsix: string): Promise<Result[]> {
  const chosen = process.env.RINGSIDE_DESKTOP_VSCODE;
  const vscodeExecutablePath =
    chosen !== undefined && chosen !== '' ? chosen : await downloadAndUnzipVSCode('stable');
  const profile = join(ROOT, 'out/desktop-profile');
  const folders = [
    '--user-data-dir',
    join(profile, 'user'),
    '--extensions-dir',
    join(profile, 'x'),
  ];
  const [cli, ...args] = resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath, {
    reuseMachineInstall: true,
  });
  if (cli !== undefined) await mustRun(cli, [...args, ...folders, '--install-extension', vsix]);
  const reader = new ResultReader('desktop');
  const write = process.stdout.write.bind(process.stdout);
  // The suite reports on the console of VS Code, which test-electron hands through to ours.
  process.stdout.write = ((chunk: Uint8Array | string, ...rest: never[]) => {
    const text = String(chunk);
    if (!text.includes('[ringside-test]')) return write(chunk, ...rest);
    process.stdout.write = write;
    for (const line of text.split(/(?=\[ringside-test\])/)) reader.take(line);
    return true;
  }) as typeof process.stdout.write;
  let code: number;
  try {
    code = await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: join(ROOT, 'dist/test/node.js'),
      launchArgs: [makeWorkspace('desktop'), ...folders, '--disable-workspace-trust'],
    });
  } catch {
    code = 1;
  } finally {
    process.stdout.write = write;
  }
  return [reader.end(code === 0)];
}

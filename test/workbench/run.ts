import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { secondAttempt } from '../../scripts/test/second-attempt';
import { findChromium } from '../../scripts/vscode/chromium';
import { canRunServer, installServer } from '../../scripts/vscode/install';
import { runOnDesktop } from './desktop-run';
import type { Result } from './results';
import { runOnServer } from './server-run';
import { ROOT } from './workspace-copy';

/** Another extension that claims assembly files for itself, as a VSIX. */
async function otherExtension(): Promise<string> {
  const packagePath = join(ROOT, 'out/other-assembly.vsix');
  mkdirSync(join(ROOT, 'out'), { recursive: true });
  const cwd = join(__dirname, 'other-extension');
  await createVSIX({ cwd, packagePath, dependencies: false, allowMissingRepository: true });
  return packagePath;
}

/** The suites in a real VS Code: in the Node extension host, in the web one, and in Chinese. */
export async function runWorkbenchSuites(): Promise<Result[]> {
  const vsix = await otherExtension();
  if (!canRunServer() || process.env.RINGSIDE_DESKTOP_VSCODE !== undefined) {
    process.stdout.write('VS Code: desktop, by @vscode/test-electron\n');
    return runOnDesktop(vsix);
  }
  const vscode = await installServer();
  const browser = await findChromium(vscode);
  process.stdout.write(`VS Code: server ${vscode.version} from npm, in ${browser.executable}\n`);
  const results: Result[] = [];
  for (const run of [
    { name: 'node extension host', host: 'node' },
    { name: 'web extension host', host: 'web' },
    { name: 'node extension host, zh-cn', host: 'node', locale: 'zh-cn' },
    { name: 'web extension host, zh-cn', host: 'web', locale: 'zh-cn' },
  ] as const) {
    const only = process.env.RINGSIDE_SUITE; // to look into one of them
    if (only !== undefined && only !== run.name) continue;
    const attempt = (): Promise<Result> => {
      process.stdout.write(`\n${run.name}\n`);
      return runOnServer(vscode, browser, { ...run, vsix });
    };
    results.push(await secondAttempt(run.name, attempt));
  }
  return results;
}

if (require.main === module) {
  runWorkbenchSuites()
    .then((results) => {
      const passed = results.reduce((sum, r) => sum + r.passed, 0);
      const failed = results.reduce((sum, r) => sum + r.failed, 0);
      process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
      process.exit(failed === 0 ? 0 : 1);
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
      process.exit(1);
    });
}

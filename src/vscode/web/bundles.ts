import * as vscode from 'vscode';
import type { createAdapter } from '../../adapter/adapter';
import type { DoctorModule, LanguageModule } from '../platform';
import { nodeModules, process } from './node';

/** The bundles that the desktop has, too, and what a browser uses of them. */
interface Bundles {
  readonly 'ringside.js': {
    adapter(): Promise<{ readonly createAdapter: typeof createAdapter }>;
    shippedSources(): Promise<Readonly<Record<string, string>>>;
  };
  readonly 'language.js': LanguageModule;
  readonly 'doctor.js': DoctorModule;
}

/** What they read at once, when they are loaded or used. */
const READ_BY_THEM: Readonly<Record<keyof Bundles, readonly string[]>> = {
  'ringside.js': [
    'iced_x86_bg.wasm',
    'interpreter.wasm',
    'monitor-sources.json',
    'firmware-sources.json',
  ],
  'language.js': ['iced_x86_bg.wasm'],
  'doctor.js': [],
};

const files = new Map<string, Uint8Array>();
const loaded = new Map<keyof Bundles, Promise<unknown>>();

/** A bundle of `dist/`, loaded once. */
export function loadBundle<K extends keyof Bundles>(
  extension: vscode.Uri,
  name: K,
): Promise<Bundles[K]> {
  const loading = loaded.get(name) ?? load(vscode.Uri.joinPath(extension, 'dist'), name);
  loaded.set(name, loading);
  // The next who asks tries again.
  loading.catch(() => loaded.delete(name));
  return loading as Promise<Bundles[K]>;
}

async function load(dist: vscode.Uri, name: keyof Bundles): Promise<unknown> {
  const wanted = [name, ...READ_BY_THEM[name]].filter((file) => !files.has(file));
  await Promise.all(
    wanted.map(async (file) => {
      files.set(file, await vscode.workspace.fs.readFile(vscode.Uri.joinPath(dist, file)));
    }),
  );
  return run(name, new TextDecoder().decode(files.get(name)));
}

/** As VS Code runs an extension's main file here: a worker has no `require` that could load another. */
function run(name: string, source: string): unknown {
  const modules = nodeModules(files);
  const require = (wanted: string): unknown => {
    const found = modules[wanted.replace(/^node:/, '')];
    if (found === undefined) throw new Error(`${name} asks for ${wanted}, which no browser has`);
    return found;
  };
  const module = { exports: {} };
  const names = ['module', 'exports', 'require', 'process', '__dirname'];
  const body = new Function(...names, `${source}\n//# sourceURL=ringside/dist/${name}`) as (
    ...values: unknown[]
  ) => void;
  body(module, module.exports, require, process, 'dist');
  return module.exports;
}

import * as vscode from 'vscode';

/** Files of the extension that the desktop's bundles read, too: they ship once. */
const NAMES = [
  'iced_x86_bg.wasm',
  'interpreter.wasm',
  'monitor-sources.json',
  'firmware-sources.json',
] as const;

const contents = new Map<string, Uint8Array>();
let loading: Promise<void> | undefined;

/** Reads them; what needs one (the adapter, the language service) is imported after that only. */
export function loadAssets(extension: vscode.Uri): Promise<void> {
  return (loading ??= load(extension));
}

async function load(extension: vscode.Uri): Promise<void> {
  await Promise.all(
    NAMES.map(async (name) => {
      const file = vscode.Uri.joinPath(extension, 'dist', name);
      contents.set(name, await vscode.workspace.fs.readFile(file));
    }),
  );
}

/** For the build, which puts calls of it in the place of the files (scripts/build/assets.ts). */
export function asset(name: string): Uint8Array {
  const content = contents.get(name);
  if (!content) throw new Error(`${name} is asked for before it is loaded`);
  return content;
}

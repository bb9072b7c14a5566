import { readdirSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

const FOLDER = resolve(__dirname, '../../samples');

/** The names of all files of the samples: in a browser nobody can list an extension's folder. */
export function sampleFiles(): string[] {
  return readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(FOLDER.length + 1))
    .map((name) => name.replaceAll(sep, '/'))
    .filter((name) => !name.startsWith('.vscode/'))
    .sort();
}

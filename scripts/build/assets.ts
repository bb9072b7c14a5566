import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PluginBuild } from 'esbuild';

const IN_EXTENSION = resolve(__dirname, '../../src/vscode/web/assets.ts');

/** Files that bundles read, and that ship once for all of them. */
export interface Assets {
  /** Takes care that the file will be there. */
  put(build: PluginBuild, name: string, content: Uint8Array | string): void;
  /** The expression, as JavaScript, whose value is the file's bytes. */
  read(name: string): string;
}

/** Node: they lie in the bundle's folder. */
export const besideBundle: Assets = {
  put: ({ initialOptions: { outfile } }, name, content) => {
    if (outfile === undefined) throw new Error(`${name} lies beside a bundle: it needs an outfile`);
    mkdirSync(dirname(outfile), { recursive: true });
    writeFileSync(join(dirname(outfile), name), content);
  },
  read: (name) =>
    `require('node:fs').readFileSync(require('node:path').join(__dirname, ${JSON.stringify(name)}))`,
};

/** Browser: the extension has read them, those of the command line, before it loads what asks for them. */
export const inExtension: Assets = {
  put: () => undefined,
  read: (name) => `require(${JSON.stringify(IN_EXTENSION)}).asset(${JSON.stringify(name)})`,
};

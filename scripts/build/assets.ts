import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PluginBuild } from 'esbuild';

/** Files beside the bundles that read them: they ship once for all. In a browser `vscode/web/node.ts` has them. */

/** Takes care that a file will be there. */
export function put(
  { initialOptions: { outfile } }: PluginBuild,
  name: string,
  content: Uint8Array | string,
): void {
  if (outfile === undefined) throw new Error(`${name} lies beside a bundle: it needs an outfile`);
  mkdirSync(dirname(outfile), { recursive: true });
  writeFileSync(join(dirname(outfile), name), content);
}

/** The expression, as JavaScript, whose value is the file's bytes. */
export const read = (name: string): string =>
  `require('node:fs').readFileSync(require('node:path').join(__dirname, ${JSON.stringify(name)}))`;

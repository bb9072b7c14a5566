import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { besideBundle } from '../../scripts/build/assets';
import { made } from '../../scripts/build/plugins';

export const ROOT = resolve(__dirname, '../..');
/** Files of tests that run beside each other have one each. */
const OUT = join(ROOT, 'out', `transcripts-${process.env['MOCHA_WORKER_ID'] ?? 'alone'}`);

let bundle: Promise<string> | undefined;

/**
 * The command line, built as the product is, so that transcripts never run against an old one. With
 * RINGSIDE_CLI another one is taken: that of an installed package.
 */
export function commandLine(): Promise<string> {
  const given = process.env['RINGSIDE_CLI'];
  return (bundle ??= given === undefined ? buildBundle() : Promise.resolve(given));
}

async function buildBundle(): Promise<string> {
  const dist = join(OUT, 'dist');
  mkdirSync(dist, { recursive: true });
  const outfile = join(dist, 'cli.js');
  await build({
    bundle: true,
    format: 'cjs',
    target: 'es2022',
    platform: 'node',
    sourcemap: 'linked',
    logLevel: 'warning',
    plugins: made(besideBundle),
    entryPoints: [join(ROOT, 'src/cli/main.ts')],
    outfile,
  });
  cpSync(join(ROOT, 'l10n'), join(OUT, 'l10n'), { recursive: true });
  return outfile;
}

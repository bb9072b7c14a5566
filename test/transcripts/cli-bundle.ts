import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { COMMAND_LINE, ROOT } from '../../scripts/build/bundles';

export { ROOT };

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
  await Promise.all(
    COMMAND_LINE.map(({ entry, outfile, options }) =>
      build({ ...options, entryPoints: [join(ROOT, entry)], outfile: join(dist, outfile) }),
    ),
  );
  cpSync(join(ROOT, 'l10n'), join(OUT, 'l10n'), { recursive: true });
  return join(dist, 'cli.js');
}

import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { BENCHMARKS, BUNDLES, ROOT, SUITES, type Bundle } from './bundles';
import { notices, packagesOf, undeclared } from './notices';

const DIST = join(ROOT, 'dist');

async function main(): Promise<void> {
  mkdirSync(DIST, { recursive: true });
  const also = [
    ...(process.argv.includes('--tests') ? SUITES : []),
    ...(process.argv.includes('--bench') ? BENCHMARKS : []),
  ];
  const [shipped] = await Promise.all([
    Promise.all(BUNDLES.map(make)),
    Promise.all(also.map(make)),
  ]);
  writeNotices(shipped.flat());
}

/** Gives back the files that it is made of. */
async function make({ entry, outfile, options }: Bundle): Promise<string[]> {
  const file = join(DIST, outfile);
  const { metafile } = await build({
    ...options,
    entryPoints: [join(ROOT, entry)],
    outfile: file,
  });
  const size = Math.round(statSync(file).size / 1024);
  process.stdout.write(`${relative(ROOT, file)}  ${size} KB\n`);
  return Object.keys(metafile?.inputs ?? {});
}

/** Licences travel with what ships; and package.json says what that is. */
function writeNotices(files: readonly string[]): void {
  const packages = packagesOf(files);
  const missing = undeclared(packages, readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  if (missing.length > 0)
    throw new Error(`bundled, but none of the "dependencies": ${missing.join(', ')}`);
  writeFileSync(join(ROOT, 'THIRD_PARTY_NOTICES.txt'), notices(packages, ROOT));
}

main().catch((error: unknown) => {
  process.stderr.write(`build failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

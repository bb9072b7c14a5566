import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { besideBundle, inExtension } from './assets';
import { notices, packagesOf, undeclared } from './notices';
import { browserShims, made, prebuiltInterpreter } from './plugins';

const ROOT = resolve(__dirname, '../..');
const DIST = join(ROOT, 'dist');
const release = process.argv.includes('--release');

/** 'es2022': newer targets use built-in functions that Node 20 lacks. */
const common = {
  bundle: true,
  format: 'cjs',
  target: 'es2022',
  minify: release,
  sourcemap: release ? false : 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
} satisfies BuildOptions;

const node: BuildOptions = {
  ...common,
  platform: 'node',
  external: ['vscode'],
  plugins: [...made(besideBundle), prebuiltInterpreter(besideBundle)],
};

/** For the web extension host; the suites that run there are built the same way. */
export const browser: BuildOptions = {
  ...common,
  platform: 'browser',
  external: ['vscode'],
  define: { global: 'globalThis' },
  inject: [resolve(__dirname, 'shims/process.ts')],
  plugins: [...made(inExtension), prebuiltInterpreter(inExtension), browserShims],
};

const BUNDLES: { entry: string; outfile: string; options: BuildOptions }[] = [
  { entry: 'src/cli/main.ts', outfile: 'cli.js', options: node },
  {
    entry: 'src/vscode/desktop/extension.ts',
    outfile: 'extension.js',
    options: { ...node, external: ['vscode', './language.js', './doctor.js'] },
  },
  { entry: 'src/vscode/desktop/language.ts', outfile: 'language.js', options: node },
  { entry: 'src/vscode/desktop/doctor.ts', outfile: 'doctor.js', options: node },
  { entry: 'src/vscode/web/extension.ts', outfile: 'web/extension.js', options: browser },
  {
    entry: 'src/vscode/screen/webview/main.ts',
    outfile: 'webview/screen.js',
    options: { ...browser, format: 'iife' },
  },
  {
    entry: 'src/vscode/comparison/webview/main.ts',
    outfile: 'webview/comparison.js',
    options: { ...browser, format: 'iife' },
  },
  {
    entry: 'src/vscode/timeline/webview/main.ts',
    outfile: 'webview/timeline.js',
    options: { ...browser, format: 'iife' },
  },
  {
    entry: 'src/vscode/page-walk/webview/main.ts',
    outfile: 'webview/page-walk.js',
    options: { ...browser, format: 'iife' },
  },
];

const SUITES: { entry: string; outfile: string; options: BuildOptions }[] = [
  {
    entry: 'test/workbench/suite/node.ts',
    outfile: 'test/node.js',
    options: { ...node, external: ['vscode', 'mocha'] },
  },
  { entry: 'test/workbench/suite/web.ts', outfile: 'test/web.js', options: browser },
];

/** Benchmarks measure what ships: the same bundling, not the modules one by one. */
const BENCHMARKS: typeof BUNDLES = [
  { entry: 'test/bench/bench.ts', outfile: 'bench/bench.js', options: node },
  { entry: 'test/bench/assembler.ts', outfile: 'bench/assembler.js', options: node },
  { entry: 'test/bench/exits.ts', outfile: 'bench/exits.js', options: node },
  { entry: 'test/bench/past.ts', outfile: 'bench/past.js', options: node },
];

async function main(): Promise<void> {
  mkdirSync(DIST, { recursive: true });
  const wanted = [
    ...BUNDLES,
    ...(process.argv.includes('--tests') ? SUITES : []),
    ...(process.argv.includes('--bench') ? BENCHMARKS : []),
  ];
  const bundled = await Promise.all(
    wanted.map(async (bundle) => {
      const { entry, outfile, options } = bundle;
      const file = join(DIST, outfile);
      const { metafile } = await build({
        ...options,
        entryPoints: [join(ROOT, entry)],
        outfile: file,
      });
      const size = Math.round(statSync(file).size / 1024);
      process.stdout.write(`${relative(ROOT, file)}  ${size} KB\n`);
      return BUNDLES.includes(bundle) ? Object.keys(metafile?.inputs ?? {}) : [];
    }),
  );
  writeNotices(bundled.flat());
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

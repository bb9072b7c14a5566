import { builtinModules } from 'node:module';
import { join, resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import { browserShims, made, sampleNames } from './plugins';

/** What is bundled, and how. */

export const ROOT = resolve(__dirname, '../..');
const release = process.argv.includes('--release');

export interface Bundle {
  readonly entry: string;
  /** In `dist/`, or in the folder that somebody else gives. */
  readonly outfile: string;
  readonly options: BuildOptions;
}

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
  // `import()` of another bundle is a `require` that waits: only so Node sees what it exports.
  supported: { 'dynamic-import': false },
  external: ['vscode'],
  plugins: made,
};

const browser: BuildOptions = { ...common, platform: 'browser', external: ['vscode'] };

/** For both: of Node they ask only what `vscode/web/node.ts` gives them in a browser. */
const shared: BuildOptions = {
  ...browser,
  external: [...builtinModules, 'node:*'],
  plugins: made,
};

const page = (name: string): Bundle => ({
  entry: `src/vscode/${name}/webview/main.ts`,
  outfile: `webview/${name}.js`,
  options: { ...browser, format: 'iife' },
});

/** The command line: a few lines that load what it shares with the browser. */
export const COMMAND_LINE: readonly Bundle[] = [
  {
    entry: 'src/cli/main.ts',
    outfile: 'cli.js',
    options: { ...node, external: ['./ringside.js'] },
  },
  { entry: 'src/cli/ringside.ts', outfile: 'ringside.js', options: shared },
];

export const BUNDLES: readonly Bundle[] = [
  ...COMMAND_LINE,
  {
    entry: 'src/vscode/desktop/extension.ts',
    outfile: 'extension.js',
    options: { ...node, external: ['vscode', './language.js', './doctor.js'] },
  },
  { entry: 'src/vscode/desktop/language.ts', outfile: 'language.js', options: shared },
  { entry: 'src/vscode/desktop/doctor.ts', outfile: 'doctor.js', options: shared },
  {
    entry: 'src/vscode/web/extension.ts',
    outfile: 'web/extension.js',
    options: { ...browser, plugins: [sampleNames] },
  },
  page('screen'),
  page('comparison'),
  page('timeline'),
  page('page-walk'),
  page('machine'),
];

export const SUITES: readonly Bundle[] = [
  {
    entry: 'test/workbench/suite/node.ts',
    outfile: 'test/node.js',
    options: { ...node, external: ['vscode', 'mocha'] },
  },
  {
    entry: 'test/workbench/suite/web.ts',
    outfile: 'test/web.js',
    options: {
      ...browser,
      define: { global: 'globalThis' },
      inject: [join(__dirname, 'shims/process.ts')],
      plugins: [browserShims, sampleNames],
    },
  },
];

/** Benchmarks measure what ships: the same bundling, not the modules one by one. */
export const BENCHMARKS: readonly Bundle[] = ['bench', 'assembler', 'exits', 'past'].map(
  (name) => ({ entry: `test/bench/${name}.ts`, outfile: `bench/${name}.js`, options: node }),
);

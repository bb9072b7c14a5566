import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { mustRun } from './processes';
import { step } from './progress';

const ROOT = resolve(__dirname, '..');
const LARGEST = 3_000_000;

/** What may be in the package, and what must. */
const ALLOWED =
  /^(package(\.nls(\.[\w-]+)?)?\.json|(README|CHANGELOG)(\.[\w-]+)?\.md|LICENSE|THIRD_PARTY_NOTICES\.txt|language-configuration\.json|dist\/(web\/|webview\/)?[\w-]+\.(js|wasm|json)|l10n\/bundle\.l10n\.[\w-]+\.json|media\/(icon|screenshot(\.[\w-]+)?)\.png|media\/(ringside|walkthrough\/\w+)\.svg|media\/kernels\/\w+\.asm|syntaxes\/\w+\.tmLanguage\.json|snippets\/nasm\.json|samples\/(\.vscode\/(launch|tasks)\.json|([\w-]+\/)+[\w.-]+\.(asm|inc|md|txt|c|ld)))$/;
const NEEDED = [
  'package.json',
  'package.nls.json',
  'package.nls.zh-cn.json',
  'l10n/bundle.l10n.zh-cn.json',
  'README.md',
  'LICENSE',
  'THIRD_PARTY_NOTICES.txt',
  'dist/cli.js',
  'dist/ringside.js',
  'dist/extension.js',
  'dist/language.js',
  'dist/doctor.js',
  'dist/web/extension.js',
  'dist/webview/screen.js',
  'dist/webview/comparison.js',
  'dist/webview/timeline.js',
  'dist/webview/page-walk.js',
  'dist/webview/machine.js',
  'dist/iced_x86_bg.wasm',
  'dist/interpreter.wasm',
  'dist/monitor-sources.json',
  'dist/firmware-sources.json',
  'media/icon.png',
  'media/ringside.svg',
  'media/kernels/long.asm',
  'media/walkthrough/sample.svg',
  'syntaxes/nasm.tmLanguage.json',
  'snippets/nasm.json',
  'samples/.vscode/launch.json',
  'samples/.vscode/tasks.json',
  'samples/c-kernel/kernel.c',
  'samples/first-exits/kernel.asm',
];

export async function packageExtension(): Promise<string> {
  await step('building for release', () =>
    mustRun(process.execPath, ['scripts/build.mjs', '--release'], { cwd: ROOT }),
  );
  const files = await listFiles({ cwd: ROOT, packageManager: PackageManager.None });
  const stray = files.filter((file) => !ALLOWED.test(file));
  if (stray.length > 0)
    throw new Error(`these do not belong into the package: ${stray.join(', ')}`);
  const missing = NEEDED.filter((file) => !files.includes(file));
  if (missing.length > 0) throw new Error(`the package lacks ${missing.join(', ')}`);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const packagePath = join(ROOT, `ringside-${version}.vsix`);
  await createVSIX({
    cwd: ROOT,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const { size } = statSync(packagePath);
  const megabytes = (size / 1_000_000).toFixed(2);
  if (size > LARGEST) throw new Error(`${packagePath} has ${megabytes} MB: more than 3`);
  process.stdout.write(`${packagePath}: ${megabytes} MB, ${files.length} files\n`);
  return packagePath;
}

if (require.main === module) {
  packageExtension().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}

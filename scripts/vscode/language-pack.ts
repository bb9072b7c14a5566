import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VsCodeServer } from './install';

/**
 * The gallery's Chinese language pack cannot be had from npm. This makes a small one in its place:
 * the words of the workbench that stand around a debugging session, in the format of a real pack.
 * What counts is that VS Code then runs in Chinese and asks extensions for their own translations.
 */
export function installLanguagePack(vscode: VsCodeServer, userData: string): void {
  const folder = join(userData, 'language-pack-zh-cn');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'main.i18n.json');
  writeFileSync(file, JSON.stringify({ version: '1.0.0', contents: contents(vscode) }));
  const packs = {
    'zh-cn': {
      hash: 'ringside-tests-1',
      label: '中文(简体)',
      extensions: [
        { extensionIdentifier: { id: 'ms-ceintl.vscode-language-pack-zh-hans' }, version: '1.0.0' },
      ],
      translations: { vscode: file },
    },
  };
  writeFileSync(join(userData, 'languagepacks.json'), JSON.stringify(packs));
}

/** VS Code numbers its messages through all modules; a pack names them by module and key. */
function contents(vscode: VsCodeServer): Record<string, Record<string, string>> {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const keys = read(join(vscode.folder, 'out/nls.keys.json')) as [string, string[]][];
  const messages = read(join(vscode.folder, 'out/nls.messages.json')) as string[];
  const chinese = read(join(__dirname, 'workbench-strings.zh-cn.json')) as Record<string, string>;
  const result: Record<string, Record<string, string>> = {};
  let number = 0;
  for (const [module, names] of keys) {
    for (const name of names) {
      const translation = chinese[messages[number++] ?? ''];
      if (translation !== undefined) (result[module] ??= {})[name] = translation;
    }
  }
  return result;
}

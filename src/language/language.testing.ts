import assert from 'node:assert/strict';
import { LanguageService, type LanguageHost, type Place, type Position } from './index';

export interface Fixture {
  readonly service: LanguageService;
  /** Where the mark stood that was taken out of the texts. */
  readonly file: string;
  readonly position: Position;
  readonly files: Readonly<Record<string, string>>;
}

/** A workspace of texts on a disk made of strings. */
export function workspace(
  files: Readonly<Record<string, string>>,
  options: ReturnType<LanguageHost['options']> = {},
): LanguageService {
  const read = (file: string): Promise<Uint8Array> => {
    const text = files[file];
    return text === undefined
      ? Promise.reject(new Error(`no such file: ${file}`))
      : Promise.resolve(new TextEncoder().encode(text));
  };
  return new LanguageService({
    read,
    sources: () => Promise.resolve(Object.keys(files)),
    list: (folder) =>
      Promise.resolve(
        Object.keys(files)
          .filter((file) => file.startsWith(folder) && !file.slice(folder.length).includes('/'))
          .map((file) => ({ name: file.slice(folder.length), isFolder: false })),
      ),
    options: () => options,
  });
}

/** Opens a source, `main.asm`, with a `|` where the cursor is; other files lie on the disk. */
export function marked(
  source: string,
  others: Readonly<Record<string, string>> = {},
  file = 'main.asm',
): Fixture {
  const at = source.indexOf('|');
  assert.ok(at >= 0, 'the source has a mark');
  const text = source.slice(0, at) + source.slice(at + 1);
  const before = source.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before[before.length - 1]?.length ?? 0 };
  const files = { ...others, [file]: text };
  const service = workspace(files);
  service.set(file, text);
  return { service, file, position, files };
}

/** Places as `file:line:character text`, counted from 1 as in an editor. */
export function shown(places: readonly Place[], files: Readonly<Record<string, string>>): string[] {
  return places.map(({ file, range: { start, end } }) => {
    const line = files[file]?.split('\n')[start.line] ?? '';
    const text = line.slice(start.character, end.character);
    return `${file}:${start.line + 1}:${start.character + 1}${text && ` ${text}`}`;
  });
}

/** Whether a name is that of a macro that the text defines. */
export function findMacros(text: string): (name: string) => boolean {
  const names = new Set([...text.matchAll(/^\s*%\w*macro\s+(\S+)/gim)].map((m) => m[1]));
  return (name) => names.has(name);
}

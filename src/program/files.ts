import { tokenizeFile } from './lexer';
import type { TokenLine } from './tokens';

/** Where the assembler gets its files: VS Code's file system in the browser, the disk in Node. */
export interface SourceFiles {
  /** The content of a file; rejects when there is none. `path` is as the program gave it, resolved. */
  read(path: string): Promise<Uint8Array>;
}

/** Thrown (and caught within this layer) when a pass needs a file that has not been read yet. */
export class NeedFile extends Error {
  constructor(readonly candidates: readonly string[]) {
    super('file needed');
  }
}

const isAbsolute = (path: string): boolean =>
  /^([/\\]|[A-Za-z]:[/\\]|[A-Za-z][\w+.-]+:)/.test(path);

function folderOf(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return cut < 0 ? '' : path.slice(0, cut + 1);
}

/** `folder/../x` without the detour; works on paths and on URIs. */
function normalize(path: string): string {
  const parts = path.split('/');
  const out: string[] = [];
  for (const part of parts) {
    if (part === '.' && out.length > 0) continue;
    const last = out[out.length - 1];
    if (
      part === '..' &&
      last !== undefined &&
      last !== '' &&
      last !== '..' &&
      !last.endsWith(':')
    ) {
      if (last === '.') out[out.length - 1] = '..';
      else out.pop();
    } else out.push(part);
  }
  return out.join('/');
}

/** The places to look for `name`: beside the including file, beside the entry, then the include folders. */
export function candidatePaths(
  name: string,
  from: string,
  entry: string,
  folders: readonly string[],
): string[] {
  if (isAbsolute(name)) return [name];
  const joined = [from, entry].map((file) => folderOf(file) + name);
  for (const folder of folders)
    joined.push(folder === '' || /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`);
  return [...new Set(joined.map(normalize))];
}

/** Files read so far. Passes look here without waiting; what is missing is fetched between passes. */
export class FileCache {
  private readonly contents = new Map<string, Uint8Array | undefined>();
  private readonly lexed = new Map<string, readonly TokenLine[]>();

  constructor(private readonly source: SourceFiles) {}

  async load(path: string): Promise<void> {
    if (this.contents.has(path)) return;
    try {
      this.contents.set(path, await this.source.read(path));
    } catch {
      this.contents.set(path, undefined);
    }
  }

  /** Whether a file was read and exists. */
  has(path: string): boolean {
    return this.contents.get(path) !== undefined;
  }

  /** The first of the paths that exists; undefined when none does. Throws NeedFile to have them read. */
  find(
    paths: readonly string[],
  ): { readonly path: string; readonly bytes: Uint8Array } | undefined {
    for (const path of paths) {
      if (!this.contents.has(path)) throw new NeedFile(paths);
      const bytes = this.contents.get(path);
      if (bytes) return { path, bytes };
    }
    return undefined;
  }

  /** The lines of a file that was found, cut into tokens. */
  lines(path: string): readonly TokenLine[] {
    let lines = this.lexed.get(path);
    if (!lines) {
      const text = new TextDecoder().decode(this.contents.get(path) ?? new Uint8Array(0));
      lines = tokenizeFile(text, path);
      this.lexed.set(path, lines);
    }
    return lines;
  }

  /** The files that exist, in the order of reading. */
  get found(): string[] {
    return [...this.contents].filter(([, bytes]) => bytes !== undefined).map(([path]) => path);
  }
}

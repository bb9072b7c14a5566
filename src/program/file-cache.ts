import { fileIdentity } from './file-identity';
import { textTrouble } from './file-trouble';
import { tokenizeFile } from './lexer';
import { FileTrouble, isFileTrouble, type FilePart, type SourceFiles } from './source-files';
import type { TokenLine } from './tokens';

/** Thrown (and caught within this layer) when a pass needs a file, or part of one, that has not been read yet. */
export class NeedFile extends Error {
  constructor(
    readonly candidates: readonly string[],
    readonly part: FilePart | undefined,
  ) {
    super('file needed');
  }
}

type Content = Uint8Array | FileTrouble;

export interface FoundFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const keyOf = (path: string, part: FilePart | undefined): string =>
  part ? `${path}\0${part.offset}\0${part.length ?? ''}` : path;

const isContent = (content: Content | undefined): content is Uint8Array =>
  content instanceof Uint8Array;

/** Files read so far. Passes look here without waiting; what is missing is fetched between passes. */
export class FileCache {
  private readonly contents = new Map<string, Content>();
  private readonly lexed = new Map<string, readonly TokenLine[]>();
  /** The files that exist: for each identity the name under which it was read first. */
  private readonly names = new Map<string, string>();
  /** For each path read the name of its file: it has one in a program, however it is reached. */
  private readonly nameOf = new Map<string, string>();

  constructor(private readonly source: SourceFiles) {}

  /** Reads a file, or part of one, unless it was read before. */
  async load(path: string, part?: FilePart): Promise<void> {
    const key = keyOf(path, part);
    if (this.contents.has(key)) return;
    try {
      this.contents.set(key, await this.read(path, part));
      const identity = fileIdentity(this.source, path);
      const name = this.names.get(identity) ?? path;
      this.names.set(identity, name);
      this.nameOf.set(path, name);
    } catch (error) {
      this.contents.set(key, isFileTrouble(error) ? error : new FileTrouble('missing'));
    }
  }

  private async read(path: string, part: FilePart | undefined): Promise<Uint8Array> {
    if (!part) return this.source.read(path);
    if (this.source.readPart) return this.source.readPart(path, part);
    await this.load(path);
    const whole = this.contents.get(path);
    if (!isContent(whole)) throw whole ?? new FileTrouble('missing');
    const { offset, length = Infinity } = part;
    return whole.subarray(offset, offset + length);
  }

  /** Whether a file was read and exists. */
  has(path: string, part?: FilePart): boolean {
    return isContent(this.contents.get(keyOf(path, part)));
  }

  /**
   * The first of the paths that can be read. Throws NeedFile to have them read, and a FileTrouble when none can: the
   * first that is more than a missing file.
   */
  find(paths: readonly string[], part?: FilePart): FoundFile {
    let trouble: FileTrouble | undefined;
    for (const path of paths) {
      const content = this.contents.get(keyOf(path, part));
      if (!content) throw new NeedFile(paths, part);
      if (isContent(content)) return { path: this.nameOf.get(path) ?? path, bytes: content };
      if (!trouble || trouble.kind === 'missing') trouble = content;
    }
    throw trouble ?? new FileTrouble('missing');
  }

  /** The lines of a file, cut into tokens. Throws a FileTrouble where there are none. */
  lines(path: string): readonly TokenLine[] {
    const known = this.lexed.get(path);
    if (known) return known;
    const { path: name, bytes } = this.find([path]);
    const trouble = textTrouble(bytes);
    if (trouble) throw trouble;
    const lines = this.lexed.get(name) ?? tokenizeFile(new TextDecoder().decode(bytes), name);
    this.lexed.set(name, lines);
    return lines;
  }

  /** The lines of every source read so far. */
  allLines(): Iterable<readonly TokenLine[]> {
    return this.lexed.values();
  }

  /** The files that exist, in the order of reading. */
  get found(): string[] {
    return [...this.names.values()];
  }
}

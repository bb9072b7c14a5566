/** The largest file, or part of a file, that is read, in bytes: as much as an image holds. */
export const MAX_FILE = 64 * 2 ** 20;

/** A stretch of a file; to its end without a length. */
export interface FilePart {
  readonly offset: number;
  readonly length: number | undefined;
}

/**
 * Where the assembler gets its files: VS Code's file system in the browser, the disk in Node. Only regular files are
 * read, and no more of them than `MAX_FILE`: a device or pipe may never come to an end.
 */
export interface SourceFiles {
  /**
   * The content of a file. `path` is as the program gave it, resolved. Rejects with a `FileTrouble` that says why it
   * cannot be had; what else it rejects with counts as a missing file.
   */
  read(path: string): Promise<Uint8Array>;
  /** Part of a file, less where the file ends before. Without this method the whole file is read. */
  readPart?(path: string, part: FilePart): Promise<Uint8Array>;
  /** The same for all names of a file, its links resolved; at once. Without this method names alone are compared. */
  identity?(path: string): string;
}

/** What is at a path in place of a file that could be read. */
export type FileTroubleKind =
  | 'missing'
  | 'folder'
  | 'device'
  | 'pipe'
  | 'socket'
  | 'link-loop'
  | 'no-permission'
  | 'too-large'
  | 'binary'
  | 'utf-16'
  | 'other';

const TROUBLE = 'FileTrouble';

/** Why a file cannot be read. */
export class FileTrouble extends Error {
  override name = TROUBLE;

  /** @param detail of `too-large` the limit in bytes; of `other` the system's word for it */
  constructor(
    readonly kind: FileTroubleKind,
    readonly detail: string | number = '',
  ) {
    super(kind);
  }
}

/** By its name: the editor's files are read in another bundle, with a class of its own. */
export const isFileTrouble = (error: unknown): error is FileTrouble =>
  error instanceof Error && error.name === TROUBLE;

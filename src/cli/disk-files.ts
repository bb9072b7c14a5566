import { constants, realpathSync, type Stats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  FileTrouble,
  isFileTrouble,
  MAX_FILE,
  type FilePart,
  type FileTroubleKind,
  type SourceFiles,
} from '../program';

/** Files of the disk, for the assembler. */
export const diskFiles: SourceFiles = {
  read: (path) => readRegular(path, { offset: 0, length: undefined }),
  readPart: readRegular,
  identity: (path) => {
    try {
      return realpathSync.native(path);
    } catch {
      return resolve(path);
    }
  },
};

/** Reads a regular file, or part of one. @throws FileTrouble */
async function readRegular(path: string, part: FilePart): Promise<Uint8Array> {
  try {
    // Looked at first: merely opening a device may do something.
    mustBeRegular(await stat(path));
    // Should it be a pipe by now, opening it does not wait for a writer.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      mustBeRegular(await handle.stat());
      return await readUpTo(handle, part, MAX_FILE);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw troubleOf(error);
  }
}

function mustBeRegular(found: Stats): void {
  if (found.isFile()) return;
  const kind: FileTroubleKind = found.isDirectory()
    ? 'folder'
    : found.isFIFO()
      ? 'pipe'
      : found.isSocket()
        ? 'socket'
        : 'device';
  throw new FileTrouble(kind);
}

const CHUNK = 1 << 20;

/**
 * Reads until the part or the file ends, whatever size the system tells: files of /proc have none.
 *
 * @throws FileTrouble when more than `limit` bytes are wanted and there
 */
export async function readUpTo(
  handle: FileHandle,
  { offset, length = Infinity }: FilePart,
  limit: number,
): Promise<Uint8Array> {
  const size = (await handle.stat()).size - offset;
  if (Math.min(size, length) > limit) throw new FileTrouble('too-large', limit);
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (total < length) {
    const chunk = new Uint8Array(Math.min(CHUNK, length - total));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, positionOf(offset, total));
    if (bytesRead === 0) break;
    total += bytesRead;
    if (total > limit) throw new FileTrouble('too-large', limit);
    chunks.push(chunk.subarray(0, bytesRead));
  }
  return new Uint8Array(Buffer.concat(chunks, total));
}

/** What is read from its beginning may be a pipe, in which there are no positions. */
const positionOf = (offset: number, total: number): number | null =>
  offset === 0 ? null : offset + total;

const KINDS: Readonly<Record<string, FileTroubleKind>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EISDIR: 'folder',
  ELOOP: 'link-loop',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
};

/** The reason behind what the system has thrown. */
export function troubleOf(error: unknown): FileTrouble {
  if (isFileTrouble(error)) return error;
  const code = codeOf(error);
  return new FileTrouble(KINDS[code] ?? 'other', code);
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

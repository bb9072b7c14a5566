import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import type { SourceFiles } from '../program';
import { usageError } from './errors';

/** Files of the disk, for the assembler. */
export const diskFiles: SourceFiles = {
  read: async (path) => new Uint8Array(await readFile(path)),
};

/** @throws UsageError that says what is wrong with the file */
export async function readInput(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw usageError(`${path}: no such file`);
  if (found.isDirectory()) throw usageError(`${path}: is a directory`);
  if (found.size === 0) throw usageError(`${path}: the file is empty`);
  return new Uint8Array(await readFile(path));
}

/**
 * Writes a file whole or not at all: what stood there stays until the new one is complete.
 *
 * @throws UsageError that says why it cannot be written
 */
export async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw usageError(`${path}: is a directory`);
  // A device or pipe, such as /dev/stdout, is written to and not replaced.
  const partial = found && !found.isFile() ? path : `${path}.${String(process.pid)}.part`;
  try {
    await writeFile(partial, content);
    if (partial !== path) await rename(partial, path);
  } catch (error) {
    if (partial !== path) await rm(partial, { force: true });
    throw usageError(`${path}: cannot be written (${codeOf(error)})`);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Bytes of a size such as 64M, 512K, 1G or 65536. */
export function parseSize(text: string): number {
  const match = /^(\d+)([KMG]?)$/i.exec(text.trim());
  if (!match) throw usageError(`no size: ${text} (use bytes, or a number with K, M or G)`);
  const factor = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[(match[2] ?? '').toUpperCase()] ?? 1;
  const bytes = Number(match[1]) * factor;
  if (bytes < 2 ** 20 || bytes > 3 * 2 ** 30) {
    throw usageError(`--memory ${text}: the guest can have 1M to 3G`);
  }
  return bytes;
}

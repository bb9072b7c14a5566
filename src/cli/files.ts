import type { Stats } from 'node:fs';
import { fstatSync } from 'node:fs';
import { lstat, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { FileTrouble, fileTroubleText } from '../program';
import { codeOf, readUpTo, troubleOf } from './disk-files';
import { usageError, type UsageError } from './errors';

const STDIN = 0;
const STDOUT = 1;

/** Whether a name, such as /dev/stdout, means a stream of this process that is no file. */
function isOwn(descriptor: number, named: Stats): boolean {
  const own = fstatSync(descriptor);
  return !named.isFile() && own.dev === named.dev && own.ino === named.ino;
}

/** The largest file that is read as an image. */
const MAX_INPUT = 512 * 2 ** 20;

/**
 * Reads a file that the user has named: it may also be a pipe.
 *
 * @throws UsageError that says what is wrong with the file
 */
export async function readInput(path: string, limit = MAX_INPUT): Promise<Uint8Array> {
  try {
    if (isOwn(STDIN, await stat(path))) return await readStandardInput(limit);
    const handle = await open(path, 'r');
    try {
      return await readUpTo(handle, { offset: 0, length: undefined }, limit);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw inputError(path, troubleOf(error));
  }
}

/** @throws UsageError that says what is wrong with the file, also when it is empty */
export async function readImage(path: string): Promise<Uint8Array> {
  const bytes = await readInput(path);
  if (bytes.length === 0) throw usageError(`${path}: the file is empty`);
  return bytes;
}

/** /dev/stdin and its kin: where standard input is a socket, the name cannot be opened. */
async function readStandardInput(limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    if ((total += chunk.length) > limit) throw new FileTrouble('too-large', limit);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function inputError(path: string, trouble: FileTrouble): UsageError {
  if (trouble.kind === 'missing') return usageError(`${path}: no such file`);
  if (trouble.kind === 'folder') return usageError(`${path}: is a directory`);
  return usageError(fileTroubleText(path, trouble));
}

/**
 * Writes a file whole or not at all: what stood there stays until the new one is complete. What a link leads to is
 * written through the link, and devices and pipes are written to.
 *
 * @throws UsageError that says why it cannot be written
 */
export async function writeOutput(path: string, content: Uint8Array | string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  const target = await stat(path).catch(() => undefined);
  if (target?.isDirectory()) throw usageError(`${path}: is a directory`);
  try {
    if (!there || isPlainFile(there)) await replace(path, content, there);
    else if (target && isOwn(STDOUT, target)) await writeToStandardOutput(content);
    else await writeFile(path, content);
  } catch (error) {
    throw usageError(`${path}: cannot be written (${codeOf(error)})`);
  }
}

/** A regular file with one name. */
const isPlainFile = (found: Stats): boolean => found.isFile() && found.nlink === 1;

/** Writes beside and renames. */
async function replace(
  path: string,
  content: Uint8Array | string,
  there: Stats | undefined,
): Promise<void> {
  const partial = `${path}.${String(process.pid)}.part`;
  try {
    await writeFile(partial, content, { flag: 'wx', ...(there && { mode: there.mode }) });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

const writeToStandardOutput = (content: Uint8Array | string): Promise<void> =>
  new Promise((resolve, reject) => {
    process.stdout.write(content, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });

/** Bytes of a size such as 64M, 512K, 1G or 65536. */
export function parseSize(text: string): number {
  const match = /^(\d+)([KMG]?)$/i.exec(text.trim());
  if (!match) throw usageError(`no size: ${text} (use bytes, or a number with K, M or G)`);
  const factor = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }[(match[2] ?? '').toUpperCase()] ?? 1;
  return Number(match[1]) * factor;
}

/** The same, of a guest's memory. */
export function parseMemory(text: string): number {
  const bytes = parseSize(text);
  if (bytes < 2 ** 20 || bytes > 3 * 2 ** 30) {
    throw usageError(`--memory ${text}: the guest can have 1M to 3G`);
  }
  return bytes;
}

/** The whole number of an option. @throws UsageError with `what` where it is none between 0 and `most` */
export function parseCount(text: string, what: string, most = Number.MAX_SAFE_INTEGER): number {
  const count = text.trim() === '' ? NaN : Number(text);
  if (!Number.isSafeInteger(count) || count < 0 || count > most) throw usageError(`${what}${text}`);
  return count;
}

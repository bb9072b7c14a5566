import {
  hasOtherDisks,
  writableFiles,
  writtenImages,
  type BootImage,
  type Machine,
  type NamedBytes,
} from '../session';
import { usageError } from './errors';
import { imageFiles } from './image-files';

/** Whether every disk is a file that can be written when the run is over. @throws UsageError that says which is not */
export async function requireWritable(
  image: BootImage,
  files: readonly NamedBytes[],
): Promise<readonly NamedBytes[]> {
  if (hasOtherDisks(image, files))
    throw usageError('--writable: a disk that is assembled is no file that could be written');
  const writable = writableFiles(image, files);
  if (writable.length === 0) throw usageError('--writable: no disk and no floppy disk is given');
  const seen = new Set<string>();
  for (const { name } of writable) {
    const code = await imageFiles.obstacle(name);
    if (code !== undefined) throw usageError(`--writable: ${name} cannot be written (${code})`);
    const identity = await imageFiles.identity(name);
    if (seen.has(identity)) throw usageError(`--writable: ${name} is in two drives`);
    seen.add(identity);
  }
  return writable;
}

/** Writes what the guest has written to the image files. @throws UsageError that says what could not be */
export async function writeBack(
  machine: Machine,
  image: BootImage,
  files: readonly NamedBytes[],
): Promise<void> {
  const troubles: string[] = [];
  for (const { name, before, after } of writtenImages(machine, image, files)) {
    const code = await imageFiles.replace(name, before, after);
    if (code === 'changed') troubles.push(`${name} was not written: it has been changed meanwhile`);
    else if (code !== undefined) troubles.push(`${name} could not be written (${code})`);
  }
  if (troubles.length > 0) throw usageError(troubles.join('; '));
}

/** Also when the run is broken off: what the guest has written by then. */
export function writeBackOnSignal(write: () => Promise<void>): void {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const;
  for (const [signal, status] of signals) {
    process.once(signal, () => {
      write().then(
        () => process.exit(status),
        (error: unknown) => {
          process.stderr.write(`ringside: ${error instanceof Error ? error.message : ''}\n`);
          process.exit(status);
        },
      );
    });
  }
}

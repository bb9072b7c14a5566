import {
  WritableImages,
  type BootImage,
  type Machine,
  type NamedBytes,
  type Unwritten,
  type WriteObstacle,
} from '../session';
import { usageError } from './errors';
import { imageFiles } from './image-files';

/** The files that are written when the run is over. @throws UsageError that says what cannot be */
export async function requireWritable(
  image: BootImage,
  files: readonly NamedBytes[],
): Promise<WritableImages> {
  const images = await WritableImages.of(image, files, imageFiles);
  if (!(images instanceof WritableImages)) throw usageError(`--writable: ${refusal(images)}`);
  if (images.isEmpty) throw usageError('--writable: no disk and no floppy disk is given');
  return images;
}

function refusal(obstacle: WriteObstacle): string {
  switch (obstacle.kind) {
    case 'no-file':
      return 'a disk that is assembled is no file that could be written';
    case 'not-writable':
      return `${obstacle.name} cannot be written (${obstacle.code})`;
    case 'two-drives':
      return `${obstacle.name} is in two drives`;
  }
}

/** Writes what the guest has written to the image files. @throws UsageError that says what could not be */
export async function writeBack(machine: Machine, images: WritableImages): Promise<void> {
  const troubles = await images.collect(machine)();
  if (troubles.length > 0) throw usageError(troubles.map(trouble).join('; '));
}

const trouble = ({ name, code }: Unwritten): string =>
  code === 'changed'
    ? `${name} was not written: it has been changed meanwhile`
    : `${name} could not be written (${code})`;

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

import type { Disk } from '../machine/devices/ata/disk';
import { SECTOR } from '../machine/devices/ata/disk';
import type { BootImage } from './boot/boot-image';
import type { NamedBytes } from './boot/options';
import type { Machine } from './machine';

/** An image file that the guest has written to: what was in it, and what is to be. */
export interface WrittenImage {
  readonly name: string;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/**
 * What the guest has written to disks and floppy disks, file by file; nothing of files that are as they were.
 *
 * @param files as they were read: whose bytes lie in a drive is known by that
 */
export function writtenImages(
  machine: Machine,
  image: BootImage,
  files: readonly NamedBytes[],
): WrittenImage[] {
  const { disks, floppies } = machine.platform;
  return files.flatMap(({ name, bytes }) => {
    const disk =
      disks[image.media?.disks.indexOf(bytes) ?? -1] ??
      floppies[image.media?.floppies.indexOf(bytes) ?? -1];
    const after = disk && written(bytes, disk);
    return after ? [{ name, before: bytes, after }] : [];
  });
}

/** Whether some disk or floppy disk is none of these files as they are: assembled, or put together. */
export function hasOtherDisks({ media }: BootImage, files: readonly NamedBytes[]): boolean {
  const inDrives = [...(media?.disks ?? []), ...(media?.floppies ?? [])];
  return inDrives.some((bytes) => !files.some((file) => file.bytes === bytes));
}

/** The files that lie in a drive that can be written. */
export const writableFiles = (
  { media }: BootImage,
  files: readonly NamedBytes[],
): readonly NamedBytes[] =>
  files.filter(({ bytes }) => media?.disks.includes(bytes) || media?.floppies.includes(bytes));

/** The image with what was written; undefined where that is what was there. An image grows if it must. */
function written(before: Uint8Array, { changes }: Disk): Uint8Array | undefined {
  const different = changes.filter(([sector, bytes]) =>
    bytes.some((byte, n) => byte !== (before[sector * SECTOR + n] ?? 0)),
  );
  const last = different.at(-1);
  if (!last) return undefined;
  const after = new Uint8Array(Math.max(before.length, (last[0] + 1) * SECTOR));
  after.set(before);
  for (const [sector, bytes] of different) after.set(bytes, sector * SECTOR);
  return after;
}

import type { Disk } from '../machine/devices/ata/disk';
import { SECTOR } from '../machine/devices/ata/disk';
import type { BootImage } from './boot/boot-image';
import type { NamedBytes } from './boot/options';
import type { Machine } from './machine';

/** Image files that a guest may write to. What is wrong is told by the system's code ('EACCES'). */
export interface ImageFiles {
  /** Why a file could not be replaced; undefined where it could. */
  obstacle(path: string): Promise<string | undefined>;
  /** The same for all names of one file. */
  identity(path: string): Promise<string>;
  /**
   * Replaces a file whole, or leaves it as it is. Gives undefined when that is done; 'changed' when its
   * bytes are no longer those `before`.
   */
  replace(path: string, before: Uint8Array, after: Uint8Array): Promise<string | undefined>;
}

/** What keeps the media of a machine from being written in the end. */
export type WriteObstacle =
  /** Some disk or floppy disk is none of the files as they are: it is assembled, or put together. */
  | { readonly kind: 'no-file' }
  | { readonly kind: 'not-writable'; readonly name: string; readonly code: string }
  | { readonly kind: 'two-drives'; readonly name: string };

/** A file that could not be written. */
export interface Unwritten {
  readonly name: string;
  /** The system's code; 'changed': somebody else has written it meanwhile. */
  readonly code: string;
}

/** The files that lie in drives whose media a guest can write. */
export class WritableImages {
  /** What is in the files by now. */
  private readonly present = new Map<string, Uint8Array>();

  private constructor(
    private readonly access: ImageFiles,
    private readonly image: BootImage,
    private readonly files: readonly NamedBytes[],
  ) {}

  /**
   * Asks before a guest is started.
   *
   * @param files as they were read: whose bytes lie in a drive is known by that
   */
  static async of(
    image: BootImage,
    files: readonly NamedBytes[],
    access: ImageFiles,
  ): Promise<WritableImages | WriteObstacle> {
    const inDrives = [...(image.media?.disks ?? []), ...(image.media?.floppies ?? [])];
    if (inDrives.some((bytes) => !files.some((file) => file.bytes === bytes)))
      return { kind: 'no-file' };
    const writable = files.filter(({ bytes }) => inDrives.includes(bytes));
    const seen = new Set<string>();
    for (const { name } of writable) {
      const code = await access.obstacle(name);
      if (code !== undefined) return { kind: 'not-writable', name, code };
      const identity = await access.identity(name);
      if (seen.has(identity)) return { kind: 'two-drives', name };
      seen.add(identity);
    }
    return new WritableImages(access, image, writable);
  }

  /** Whether there is nothing that could be written. */
  get isEmpty(): boolean {
    return this.files.length === 0;
  }

  /** Takes down what the guest has written up to now; the result writes it and tells what could not be. */
  collect(machine: Machine): () => Promise<readonly Unwritten[]> {
    const written = this.files.flatMap(({ name, bytes }) => {
      const disk = this.diskOf(bytes, machine);
      return disk ? [{ name, original: bytes, after: withChanges(bytes, disk) }] : [];
    });
    return async () => {
      const troubles: Unwritten[] = [];
      for (const { name, original, after } of written) {
        const code = await this.replace(name, original, after);
        if (code !== undefined) troubles.push({ name, code });
      }
      return troubles;
    };
  }

  private diskOf(bytes: Uint8Array, { platform }: Machine): Disk | undefined {
    const { media } = this.image;
    return (
      platform.disks[media?.disks.indexOf(bytes) ?? -1] ??
      platform.floppies[media?.floppies.indexOf(bytes) ?? -1]
    );
  }

  private async replace(
    name: string,
    original: Uint8Array,
    after: Uint8Array,
  ): Promise<string | undefined> {
    const before = this.present.get(name) ?? original;
    if (sameBytes(before, after)) return undefined;
    const code = await this.access.replace(name, before, after);
    if (code === undefined) this.present.set(name, after);
    return code;
  }
}

/** The image with what was written; itself where that is what was there. An image grows if it must. */
function withChanges(before: Uint8Array, { changes }: Disk): Uint8Array {
  const different = changes.filter(([sector, bytes]) =>
    bytes.some((byte, n) => byte !== (before[sector * SECTOR + n] ?? 0)),
  );
  const last = different.at(-1);
  if (!last) return before;
  const after = new Uint8Array(Math.max(before.length, (last[0] + 1) * SECTOR));
  after.set(before);
  for (const [sector, bytes] of different) after.set(bytes, sector * SECTOR);
  return after;
}

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && a.every((byte, n) => byte === b[n]));

import { usageError } from './errors';

/** What the command line tells of an image and what goes with it, as commander gives it. */
export interface ImageArguments {
  readonly memory: string;
  readonly bios?: string;
  readonly append?: string;
  readonly initrd?: string;
  readonly disk: readonly string[];
  readonly floppy: readonly string[];
  readonly cdrom?: string;
}

/** @throws UsageError where there is nothing to boot */
export function requireImage(path: string | undefined, options: ImageArguments): void {
  const { bios, cdrom, disk, floppy } = options;
  const media = disk.length + floppy.length + (cdrom === undefined ? 0 : 1);
  if (path !== undefined || bios !== undefined || media > 0) return;
  throw usageError(
    'no image: name one, or a medium with --disk, --floppy or --cdrom, or firmware with --bios',
  );
}

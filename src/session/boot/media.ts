import * as l10n from '@vscode/l10n';
import { SECTOR } from '../../machine/devices/ata/disk';
import { LARGEST_FLOPPY } from '../../machine/devices/floppy/formats';
import { cdPlace } from '../../machine/platform';
import type { Media } from './boot-image';
import { requireBootable, requireWhole } from './iso9660';
import type { BootOptions, NamedBytes } from './options';
import { UnbootableImage } from './unbootable';

/** What is put into the drives, and whether the CD is to be booted whatever else there is. */
export type MediaOptions = Pick<BootOptions, 'disks' | 'floppies' | 'cdrom'> & {
  readonly cdFirst?: boolean | undefined;
};

const MOST_FLOPPIES = 2;

/** What lies in the drives of a machine that is booted with these options. @throws UnbootableImage */
export function mediaOf({ disks = [], floppies = [], cdrom, cdFirst }: MediaOptions): Media {
  const third = floppies[MOST_FLOPPIES];
  if (third)
    throw new UnbootableImage(l10n.t('a third floppy disk: there are two drives'), third.name);
  if (cdrom) {
    requireWhole(cdrom);
    if (cdPlace(disks.length) === undefined) {
      const text = l10n.t('no place for a CD-ROM drive: there are {0} disks', disks.length);
      throw new UnbootableImage(text, cdrom.name);
    }
    if (cdFirst ?? disks.length + floppies.length === 0) requireBootable(cdrom);
  }
  return {
    disks,
    floppies: floppies.map(floppyImage),
    ...(cdrom && { cdrom: cdrom.bytes, cdFirst }),
  };
}

/** @throws UnbootableImage that names the file and what is wrong with it */
function floppyImage({ name, bytes }: NamedBytes): Uint8Array {
  if (bytes.length === 0) throw new UnbootableImage(l10n.t('an empty floppy disk image'), name);
  if (bytes.length > LARGEST_FLOPPY) {
    throw new UnbootableImage(
      l10n.t(
        'a floppy disk image of {0} bytes: the largest floppy disk holds {1}',
        bytes.length,
        LARGEST_FLOPPY,
      ),
      name,
    );
  }
  if (bytes.length % SECTOR !== 0) {
    throw new UnbootableImage(
      l10n.t('a floppy disk image of {0} bytes: no multiple of {1}', bytes.length, SECTOR),
      name,
    );
  }
  return bytes;
}

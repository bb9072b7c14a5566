import * as l10n from '@vscode/l10n';
import { SECTOR } from '../../machine/devices/ata/disk';
import { CD_SECTOR } from '../../machine/devices/ata/packet-commands';
import { BOOT_ADDRESS, isBootSector } from './boot-sector';
import { Reader } from './bytes';
import type { NamedBytes } from './options';
import { UnbootableImage } from './unbootable';

/** Images of CDs (ISO 9660 = ECMA-119), and what firmware looks for on them ("El Torito" 1.0). */

const VOLUME = 16 * CD_SECTOR;
const BOOT_RECORD = 17 * CD_SECTOR;
/** Offsets in the volume descriptors. */
const VOLUME_SIZE = 80;
const CATALOG = 0x47;
/** The catalog: its header, whose 16 words make 0, then what is booted by default. */
const HEADER_WORDS = 16;
const KEY = 0x1e;
const BOOTABLE = 0x20;
const MEDIUM = 0x21;
const SEGMENT = 0x22;
const COUNT = 0x26;
const IMAGE = 0x28;
const MOST_MEDIUM = 4;

const hasVolume = (reader: Reader): boolean => reader.hasText(VOLUME + 1, 'CD001');

/** A CD, and not at the same time a disk, which some images are made to be. */
export const isCd = (bytes: Uint8Array): boolean =>
  hasVolume(new Reader(bytes)) && !isBootSector(bytes);

/** @throws UnbootableImage when there is less than the volume says */
export function requireWhole({ name, bytes }: NamedBytes): void {
  if (bytes.length === 0) throw new UnbootableImage(l10n.t('an empty CD image'), name);
  const reader = new Reader(bytes);
  if (!hasVolume(reader)) return;
  const size = (reader.u32(VOLUME + VOLUME_SIZE) ?? 0) * CD_SECTOR;
  if (size <= bytes.length) return;
  throw new UnbootableImage(
    l10n.t('the CD image ends after {0} bytes: its volume has {1}', bytes.length, size),
    name,
  );
}

/** @throws UnbootableImage that says why firmware could not start anything from this CD */
export function requireBootable({ name, bytes }: NamedBytes): void {
  const fact = obstacle(new Reader(bytes));
  if (fact !== undefined) throw new UnbootableImage(fact, name);
}

/** Where firmware loads and starts what is booted from a CD; undefined where nothing is. */
export function cdEntry(bytes: Uint8Array): number | undefined {
  const reader = new Reader(bytes);
  if (obstacle(reader) !== undefined) return undefined;
  return loadAddress(reader, (reader.u32(BOOT_RECORD + CATALOG) ?? 0) * CD_SECTOR);
}

const loadAddress = (reader: Reader, at: number): number =>
  ((reader.u16(at + SEGMENT) ?? 0) * 16 || BOOT_ADDRESS) & 0xf_ffff;

/** Firmware's own data begin there: it loads nothing beyond. */
const LOAD_END = 0x9_fc00;

function placeObstacle(reader: Reader, at: number): string | undefined {
  const address = loadAddress(reader, at);
  const size = (reader.u16(at + COUNT) ?? 0) * SECTOR;
  if (address + size <= LOAD_END) return undefined;
  return l10n.t(
    'the CD cannot be booted: {0} bytes are to be loaded at {1}, beyond conventional memory',
    size,
    `0x${address.toString(16)}`,
  );
}

function obstacle(reader: Reader): string | undefined {
  if (!hasVolume(reader)) return l10n.t('not a CD that can be booted: it has no ISO 9660 volume');
  if (!reader.hasText(BOOT_RECORD + 1, 'CD001') || !reader.hasText(BOOT_RECORD + 7, 'EL TORITO')) {
    return l10n.t('the CD cannot be booted: it has no boot record (El Torito)');
  }
  const sectors = Math.ceil(reader.bytes.length / CD_SECTOR);
  const place = reader.u32(BOOT_RECORD + CATALOG) ?? 0;
  if (place >= sectors) {
    return l10n.t(
      'the CD cannot be booted: its boot catalog is said to be in sector {0}, but it has {1}',
      place,
      sectors,
    );
  }
  return catalogObstacle(reader, place * CD_SECTOR, sectors);
}

function catalogObstacle(reader: Reader, at: number, sectors: number): string | undefined {
  let sum = 0;
  for (let n = 0; n < HEADER_WORDS; n++) sum += reader.u16(at + 2 * n) ?? 0;
  if (reader.u8(at) !== 1 || reader.u16(at + KEY) !== 0xaa55 || (sum & 0xffff) !== 0) {
    return l10n.t('the CD cannot be booted: its boot catalog does not begin with a valid entry');
  }
  if (reader.u8(at + BOOTABLE) !== 0x88) {
    return l10n.t('the CD cannot be booted: its boot catalog says that the image is not bootable');
  }
  const medium = (reader.u8(at + MEDIUM) ?? 0) & 0xf;
  if (medium > MOST_MEDIUM) {
    return l10n.t(
      'the CD cannot be booted: its boot catalog tells of an unknown medium ({0})',
      medium,
    );
  }
  const image = reader.u32(at + IMAGE) ?? 0;
  if (image < sectors) return placeObstacle(reader, at);
  return l10n.t(
    'the CD cannot be booted: the image is said to be in sector {0}, but it has {1}',
    image,
    sectors,
  );
}

import * as l10n from '@vscode/l10n';
import type { NamedBytes } from './options';
import type { Piece } from './boot-image';
import { UnbootableImage } from './unbootable';

/** Firmware of the user's own: its last 128 KBytes lie below 1 MByte, all of it below 4 GBytes. */

const LOW_END = 0x10_0000;
const HIGH_END = 0x1_0000_0000;
const LOW_MOST = 0x2_0000;
const LARGEST = 0x10_0000;

/** Below 128 KBytes any page; beyond, whole segments. */
const isSize = (size: number): boolean =>
  size > 0 && size <= LARGEST && size % (size > LOW_MOST ? 0x1_0000 : 0x1000) === 0;

/** Its chips; what lies below 1 MByte shows below 4 GBytes by itself. @throws UnbootableImage */
export function foreignChips({ name, bytes }: NamedBytes): Piece[] {
  const size = bytes.length;
  if (!isSize(size)) {
    throw new UnbootableImage(
      l10n.t(
        'firmware of {0} bytes: it must be a multiple of 4096 up to 131072, or a multiple of 65536 up to 1048576',
        size,
      ),
      name,
    );
  }
  const cut = Math.max(0, size - LOW_MOST);
  const low = { address: LOW_END - (size - cut), bytes: bytes.subarray(cut) };
  const high = { address: HIGH_END - size, bytes: bytes.subarray(0, cut) };
  return cut > 0 ? [low, high] : [low];
}

import { sha256 } from '@noble/hashes/sha2.js';
import * as l10n from '@vscode/l10n';
import { deflateSync, Inflate } from 'fflate';
import { version } from '../../../../package.json';
import { damaged, UnreadableRecording } from './unreadable';

/**
 * What stands around the content of a recording. All numbers are little-endian.
 *
 *     offset  bytes
 *     0       8      "RINGSIDE"
 *     8       4      the version of this format
 *     12      8      the length of the file
 *     20      32     SHA-256 of all that follows
 *     52      1      the length of Ringside's version, which follows
 *     …       8      the length of the content
 *     …              the content, as raw DEFLATE
 */

const MAGIC = new TextEncoder().encode('RINGSIDE');
const FORMAT = 1;
const PLACE = { format: 8, length: 12, digest: 20, version: 52 } as const;
const DIGEST = 32;
const LENGTH = 8;
/** No more than this is made of a file. */
export const MOST_CONTENT = 2 ** 30;
/** DEFLATE makes no more than 1032 bytes of one. */
const MOST_FROM_A_BYTE = 1032;
const CHUNK = 2 ** 16;

/** This Ringside's version. */
export const RINGSIDE = version;

/** @param ringside the version that has recorded it */
export function wrap(content: Uint8Array, ringside = RINGSIDE): Uint8Array {
  if (content.length > MOST_CONTENT) {
    throw new UnreadableRecording(
      l10n.t('there is too much to record: {0} MB', Math.ceil(content.length / 2 ** 20)),
    );
  }
  const name = new TextEncoder().encode(ringside);
  const packed = deflateSync(content);
  const head = PLACE.version + 1 + name.length + LENGTH;
  const file = new Uint8Array(head + packed.length);
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint32(PLACE.format, FORMAT, true);
  view.setBigUint64(PLACE.length, BigInt(file.length), true);
  view.setUint8(PLACE.version, name.length);
  file.set(name, PLACE.version + 1);
  view.setBigUint64(head - LENGTH, BigInt(content.length), true);
  file.set(packed, head);
  file.set(sha256(file.subarray(PLACE.version)), PLACE.digest);
  return file;
}

/** @throws UnreadableRecording that says what is wrong with the file, or with whom it would be right */
export function unwrap(file: Uint8Array): Uint8Array {
  if (!isRecording(file)) throw new UnreadableRecording(l10n.t('this is no recording of Ringside'));
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < PLACE.version + 1 + LENGTH) throw truncated(file.length);
  const format = view.getUint32(PLACE.format, true);
  if (format !== FORMAT) {
    throw new UnreadableRecording(
      l10n.t('its format is number {0}, and this Ringside knows number {1}', format, FORMAT),
    );
  }
  const length = view.getBigUint64(PLACE.length, true);
  if (length > file.length) throw truncated(file.length, length);
  const digest = sha256(file.subarray(PLACE.version));
  const expected = file.subarray(PLACE.digest, PLACE.digest + DIGEST);
  if (length < file.length || digest.some((byte, n) => byte !== expected[n])) {
    throw damaged(l10n.t('its checksum is another one'));
  }
  const start = PLACE.version + 1 + view.getUint8(PLACE.version);
  if (start + LENGTH > file.length) throw damaged(l10n.t('its head is longer than the file'));
  const recordedBy = new TextDecoder().decode(file.subarray(PLACE.version + 1, start));
  if (recordedBy !== RINGSIDE) {
    throw new UnreadableRecording(
      l10n.t(
        'it was recorded by Ringside {0}, and this is Ringside {1}: only the same version is the same computer',
        recordedBy,
        RINGSIDE,
      ),
    );
  }
  return inflated(file.subarray(start + LENGTH), Number(view.getBigUint64(start, true)));
}

/** Whether a file begins as a recording does, whatever else is wrong with it. */
export const isRecording = (file: Uint8Array): boolean =>
  MAGIC.every((byte, n) => file[n] === byte);

function truncated(there: number, length?: bigint): UnreadableRecording {
  return new UnreadableRecording(
    length === undefined
      ? l10n.t('it is truncated: only {0} bytes are there', there)
      : l10n.t('it is truncated: {0} of its {1} bytes are there', there, String(length)),
  );
}

function inflated(packed: Uint8Array, length: number): Uint8Array {
  const wrong = damaged(l10n.t('what is packed in it is not as long as it says'));
  if (length > MOST_CONTENT || length > packed.length * MOST_FROM_A_BYTE) throw wrong;
  const content = new Uint8Array(length);
  let at = 0;
  const inflate = new Inflate((chunk) => {
    if (at + chunk.length > length) throw wrong;
    content.set(chunk, at);
    at += chunk.length;
  });
  try {
    for (let from = 0; from < packed.length; from += CHUNK) {
      inflate.push(packed.subarray(from, from + CHUNK), from + CHUNK >= packed.length);
    }
  } catch (error) {
    if (error instanceof UnreadableRecording) throw error;
    throw damaged(error instanceof Error ? error.message : String(error));
  }
  if (at !== length) throw wrong;
  return content;
}

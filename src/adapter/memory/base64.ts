import * as l10n from '@vscode/l10n';
import { RequestError } from '../request-error';

/** Arguments of one call must not be too many. */
const CHUNK = 0x8000;

/** Base64 without Node's Buffer, which browsers lack. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) {
    binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(binary);
}

/** @throws RequestError for what is no base64 */
export function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw new RequestError(l10n.t('the data are not base64'));
  }
}

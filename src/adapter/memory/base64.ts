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
  const binary = decoded(text);
  const bytes = new Uint8Array(binary.length);
  for (let n = 0; n < binary.length; n++) bytes[n] = binary.charCodeAt(n);
  return bytes;
}

function decoded(text: string): string {
  try {
    return atob(text);
  } catch {
    throw new RequestError(l10n.t('the data are not base64'));
  }
}

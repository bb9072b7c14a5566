import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/**
 * The SHA-256 of a saved state, in hexadecimal. It depends on the values alone, not on the order in
 * which the members of an object came.
 */
export function hashOf(state: unknown): string {
  const hash = sha256.create();
  const encoder = new TextEncoder();
  // Gathered, as most of what is hashed are words of a few characters.
  let text = '';
  const flush = (): void => {
    hash.update(encoder.encode(text));
    text = '';
  };
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) {
      text += `#${String(value.byteLength)};`;
      flush();
      hash.update(new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength));
    } else if (Array.isArray(value)) {
      text += `[${String(value.length)};`;
      value.forEach(visit);
    } else if (typeof value === 'object' && value !== null) {
      const members = Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1));
      text += `{${String(members.length)};`;
      for (const [name, member] of members) {
        text += `${name};`;
        visit(member);
      }
    } else {
      text += `${typeof value} ${String(value)};`;
    }
  };
  visit(state);
  flush();
  return bytesToHex(hash.digest());
}

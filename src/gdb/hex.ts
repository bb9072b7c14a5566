/** Numbers and bytes as the protocol writes them: hexadecimal digits without a prefix. */

/** Two digits for each byte. */
export const hexOf = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of pairs of digits; undefined for anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || /[^0-9a-f]/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, n) =>
    parseInt(text.slice(2 * n, 2 * n + 2), 16),
  );
}

/** A number of at most 64 bits; undefined for anything else. */
export const numberOf = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^[0-9a-f]{1,16}$/i.test(text) ? BigInt(`0x${text}`) : undefined;

/** A number, little-endian, in so many bytes. */
export const littleEndian = (value: bigint, bytes: number): string =>
  hexOf(Array.from({ length: bytes }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn)));

/** The number whose bytes these are, little-endian. */
export function fromLittleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

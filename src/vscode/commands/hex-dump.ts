const ROW = 16;

/** Bytes as lines of sixteen: address, hexadecimal, characters. */
export function formatMemory(address: bigint, bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += ROW) {
    const row = [...bytes.subarray(offset, offset + ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const halves = [hex.slice(0, 8).join(' '), hex.slice(8).join(' ')].join('  ').padEnd(49);
    const characters = row
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('');
    lines.push(
      `${(address + BigInt(offset)).toString(16).padStart(16, '0')}  ${halves} ${characters}`,
    );
  }
  return lines.join('\n') + '\n';
}

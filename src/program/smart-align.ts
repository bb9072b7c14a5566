/** Padding of code by long instructions that do nothing: `%use smartalign` (NASM manual 6.2). */

export type AlignMode = 'nop' | 'generic' | 'k7' | 'k8' | 'p6';

/** The mode in force and the padding from which a jump over it is cheaper. */
export interface SmartAlign {
  readonly mode: AlignMode;
  readonly threshold: number;
}

/** NASM's thresholds by mode. */
export const THRESHOLDS: Readonly<Record<AlignMode, number>> = {
  nop: 16,
  generic: 8,
  k7: 16,
  k8: 16,
  p6: 16,
};

const bytes = (...rows: readonly string[]): readonly (readonly number[])[] =>
  rows.map((row) => (row.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));

/** One NOP with redundant operand-size prefixes, up to three. */
const PREFIXED = bytes('90', '6690', '666690', '66666690');
const K8 = [
  ...PREFIXED,
  ...bytes('6666669090', '666666906690', '66666690666690', '6666669066666690'),
];

/** LEA and MOV that change nothing. */
const K7 = bytes(
  ...['90', '8bc0', '8d0420', '8d442000', '8d44200090', '8d8000000000', '8d040500000000'],
);

/** Recommended multi-byte sequences of NOP instruction, SDM vol. 2B, NOP. */
const LONG = bytes(
  ...['90', '6690', '0f1f00', '0f1f4000', '0f1f440000'],
  ...['660f1f440000', '0f1f8000000000', '0f1f840000000000'],
);

/** Instructions such as `lea si, [si+0]` for processors without a long NOP; index 0 is one byte. */
const GENERIC: Readonly<Record<16 | 32 | 64, readonly (readonly number[])[]>> = {
  16: bytes(
    ...['90', '89f6', '8d7400', '8db40000', '8db4000090'],
    ...['8db4000089ff', '8db400008d7d00', '8db400008dbd0000'],
  ),
  32: bytes('90', '89f6', '8d7600', '8d742600', '908d742600', '8db600000000', '8db42600000000'),
  64: K8,
};

function patterns(mode: AlignMode, bits: 16 | 32 | 64): readonly (readonly number[])[] {
  switch (mode) {
    case 'nop':
      return [[0x90]];
    case 'k7':
      return bits === 32 ? K7 : PREFIXED;
    case 'k8':
      return K8;
    case 'p6':
      // In 16-bit code the longer ones would read as other instructions.
      return bits === 16 ? LONG.slice(0, 4) : LONG;
    case 'generic':
      return GENERIC[bits];
  }
}

/** Fills `room` with padding that may be executed. */
export function fillCode(
  room: Uint8Array,
  bits: 16 | 32 | 64,
  smart: SmartAlign | undefined,
): void {
  room.fill(0x90);
  if (!smart) return;
  const near = bits === 16 ? 3 : 5;
  const { length } = room;
  if (length > smart.threshold) {
    if (length - 2 <= 127) {
      room.set([0xeb, length - 2]);
    } else {
      const distance = length - near;
      room[0] = 0xe9;
      for (let i = 1; i < near; i++) room[i] = (distance >>> (8 * (i - 1))) & 0xff;
    }
    return;
  }
  const list = patterns(smart.mode, bits);
  for (let at = 0; at < length;) {
    const pattern = list[Math.min(length - at, list.length) - 1] ?? [0x90];
    room.set(pattern, at);
    at += pattern.length;
  }
}

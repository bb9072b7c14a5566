import type { AddressSpace } from '../../debugger/memory';

/** An address with the address space that it is meant in; `hva`: virtual addresses of the host. */
export interface MemoryAddress {
  readonly space: AddressSpace | 'hva';
  readonly address: bigint;
}

const SPACES = ['gva', 'hva', 'gpa', 'hpa'] as const;
/**
 * In a plain number the address space stands above the address. A client's disassembly view keeps one
 * list for all of them, and numbers of any length are addresses to it.
 */
const TAG_SHIFT = 68n;
const NAMED = /^(gva|gpa|hpa|hva|host)\s*:(.+)$/i;

/** `gva:0x7c00`: for variables and views. */
export function memoryReference({ space, address }: MemoryAddress): string {
  return `${space}:0x${BigInt.asUintN(64, address).toString(16)}`;
}

/** A number that holds the address space: for instruction pointers. Guest-virtual ones are plain. */
export function instructionReference({ space, address }: MemoryAddress): string {
  const tag = BigInt(SPACES.indexOf(space));
  const number = (tag << TAG_SHIFT) + address;
  return number < 0n ? String(number) : `0x${number.toString(16)}`;
}

/** Reads either form; undefined for what is neither. */
export function parseReference(text: string): MemoryAddress | undefined {
  const named = NAMED.exec(text.trim());
  if (named) {
    const space = (named[1] ?? '').toLowerCase();
    const address = number(named[2] ?? '');
    if (address === undefined) return undefined;
    return { space: space === 'host' ? 'hva' : (space as AddressSpace | 'hva'), address };
  }
  const value = number(text);
  if (value === undefined) return undefined;
  if (value < 0n) return { space: 'gva', address: value };
  const space = SPACES[Number(value >> TAG_SHIFT)];
  return space && { space, address: value & ((1n << TAG_SHIFT) - 1n) };
}

/** More digits than any address has, with the address space above it. */
const LONGEST = 64;

function number(text: string): bigint | undefined {
  const digits = text.trim();
  if (digits === '' || digits.length > LONGEST) return undefined;
  try {
    return BigInt(digits);
  } catch {
    return undefined;
  }
}

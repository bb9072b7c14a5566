import type { AddressSpace } from '../../debugger/memory';

/** An address with the address space that it is meant in; `hva`: virtual addresses of the host. */
export interface MemoryAddress {
  readonly space: AddressSpace | 'hva';
  readonly address: bigint;
  /** The number of the guest whose address it is. Default: 0. */
  readonly guest?: number;
}

const SPACES = ['gva', 'hva', 'gpa', 'hpa'] as const;
/**
 * In a plain number the address space stands above the address. A client's disassembly view keeps one
 * list for all of them, and numbers of any length are addresses to it.
 */
const TAG_SHIFT = 68n;
/** More than one computer has. */
const MOST_GUESTS = 64;
const NAMED = /^(gva|gpa|hpa|hva|host)(?:@(\d{1,2}))?\s*:(.+)$/i;

/** `gva:0x7c00`, of another guest than the first `gva@1:0x7c00`: for variables and views. */
export function memoryReference({ space, address, guest = 0 }: MemoryAddress): string {
  const of = guest === 0 ? '' : `@${String(guest)}`;
  return `${space}${of}:0x${BigInt.asUintN(64, address).toString(16)}`;
}

/** A number that holds the address space: for instruction pointers. Guest-virtual ones are plain. */
export function instructionReference({ space, address, guest = 0 }: MemoryAddress): string {
  const tag = BigInt(guest * SPACES.length + SPACES.indexOf(space));
  const number = (tag << TAG_SHIFT) + address;
  return number < 0n ? String(number) : `0x${number.toString(16)}`;
}

/** Reads either form; undefined for what is neither. */
export function parseReference(text: string): MemoryAddress | undefined {
  const named = NAMED.exec(text.trim());
  if (named) {
    const space = (named[1] ?? '').toLowerCase();
    const address = number(named[3] ?? '');
    if (address === undefined) return undefined;
    const guest = Number(named[2] ?? 0);
    return {
      space: space === 'host' ? 'hva' : (space as AddressSpace | 'hva'),
      address,
      ...of(guest),
    };
  }
  const value = number(text);
  if (value === undefined) return undefined;
  if (value < 0n) return { space: 'gva', address: value };
  const tag = Number(value >> TAG_SHIFT);
  const guest = Math.floor(tag / SPACES.length);
  const space = guest < MOST_GUESTS ? SPACES[tag % SPACES.length] : undefined;
  return space && { space, address: value & ((1n << TAG_SHIFT) - 1n), ...of(guest) };
}

const of = (guest: number): Pick<MemoryAddress, 'guest'> => (guest === 0 ? {} : { guest });

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

/** General-purpose registers and their parts (SDM 1 3.4.1). */

/** Index of each register as instructions encode it, REX extension included (SDM 2A table 3-1). */
export const Gpr = {
  RAX: 0,
  RCX: 1,
  RDX: 2,
  RBX: 3,
  RSP: 4,
  RBP: 5,
  RSI: 6,
  RDI: 7,
  R8: 8,
  R9: 9,
  R10: 10,
  R11: 11,
  R12: 12,
  R13: 13,
  R14: 14,
  R15: 15,
} as const;

export type GprName = keyof typeof Gpr;

/** A name under which a register, or a part of one, can be written in a program. */
export interface RegisterName {
  /** Lower-case, as the assembler and the expression language spell it. */
  readonly name: string;
  /** Index of the 64-bit register it is part of. */
  readonly index: number;
  readonly width: 8 | 16 | 32 | 64;
  /** Distance of its bit 0 from bit 0 of the whole register: 8 for AH, CH, DH and BH, else 0. */
  readonly shift: 0 | 8;
  /** Whether it is AH, CH, DH or BH, which no instruction with a REX prefix can name. */
  readonly high8: boolean;
}

const LEGACY = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'] as const;
const LOW8 = ['al', 'cl', 'dl', 'bl', 'spl', 'bpl', 'sil', 'dil'] as const;
const HIGH8 = ['ah', 'ch', 'dh', 'bh'] as const;

function part(name: string, index: number, width: RegisterName['width'], high8 = false) {
  return { name, index, width, shift: high8 ? 8 : 0, high8 } satisfies RegisterName;
}

function namesOf(index: number): RegisterName[] {
  const legacy = LEGACY[index];
  const low8 = LOW8[index];
  if (legacy === undefined || low8 === undefined) {
    const name = `r${index}`;
    return [
      part(name, index, 64),
      part(`${name}d`, index, 32),
      part(`${name}w`, index, 16),
      part(`${name}b`, index, 8),
    ];
  }
  const names = [
    part(`r${legacy}`, index, 64),
    part(`e${legacy}`, index, 32),
    part(legacy, index, 16),
    part(low8, index, 8),
  ];
  const high8 = HIGH8[index];
  return high8 === undefined ? names : [...names, part(high8, index, 8, true)];
}

/** Every name of every general-purpose register: 68 rows. */
export const GPR_NAMES: readonly RegisterName[] = Array.from({ length: 16 }, (_, index) =>
  namesOf(index),
).flat();

const BY_NAME = new Map(GPR_NAMES.map((row) => [row.name, row]));

/** The register of this name (any case), or undefined when it names no general-purpose register. */
export function gprByName(name: string): RegisterName | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** The name of a register seen at a width, such as `r8d` or `ax`. `high8` gives AH for AX and so on. */
export function gprName(index: number, width: RegisterName['width'], high8 = false): string {
  const row = GPR_NAMES.find((r) => r.index === index && r.width === width && r.high8 === high8);
  if (!row) throw new RangeError(`no general-purpose register ${index} of ${width} bits`);
  return row.name;
}

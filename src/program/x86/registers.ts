import { Register } from 'iced-x86';

/** NASM's names of the registers, from iced-x86's list; a few differ. */
const BY_NAME = new Map<string, number>();

for (let reg = Register.AL; reg <= Register.TMM7; reg++) {
  if (reg === Register.EIP || reg === Register.RIP) continue;
  const name = (Register[reg] ?? '').toLowerCase();
  // iced-x86 calls the low bytes R8L; NASM knows r8b and r8l.
  if (/^r\d+l$/.test(name)) BY_NAME.set(name.slice(0, -1) + 'b', reg);
  BY_NAME.set(name, reg);
}

const NAMES: string[] = [];
for (const [name, reg] of BY_NAME) NAMES[reg] ??= name;

/** The register of that lower-case name. */
export function registerOf(name: string): number | undefined {
  return BY_NAME.get(name);
}

export function registerName(reg: number): string {
  return NAMES[reg] ?? '?';
}

export function registerNames(): Iterable<string> {
  return BY_NAME.keys();
}

/** The classes of registers that operand kinds are made of. */
export type RegisterClass =
  | 'r8'
  | 'r16'
  | 'r32'
  | 'r64'
  | 'seg'
  | 'xmm'
  | 'ymm'
  | 'zmm'
  | 'k'
  | 'bnd'
  | 'cr'
  | 'dr'
  | 'st'
  | 'mm'
  | 'tr'
  | 'tmm';

const CLASSES: readonly (readonly [RegisterClass, number, number, number])[] = [
  ['r8', Register.AL, Register.R15L, 8],
  ['r16', Register.AX, Register.R15W, 16],
  ['r32', Register.EAX, Register.R15D, 32],
  ['r64', Register.RAX, Register.R15, 64],
  ['seg', Register.ES, Register.GS, 16],
  ['xmm', Register.XMM0, Register.XMM31, 128],
  ['ymm', Register.YMM0, Register.YMM31, 256],
  ['zmm', Register.ZMM0, Register.ZMM31, 512],
  ['k', Register.K0, Register.K7, 64],
  ['bnd', Register.BND0, Register.BND3, 128],
  ['cr', Register.CR0, Register.CR15, 64],
  ['dr', Register.DR0, Register.DR15, 64],
  ['st', Register.ST0, Register.ST7, 80],
  ['mm', Register.MM0, Register.MM7, 64],
  ['tr', Register.TR0, Register.TR7, 32],
  ['tmm', Register.TMM0, Register.TMM7, 8192],
];

const CLASS_OF: (RegisterClass | undefined)[] = [];
const NUMBER_OF: number[] = [];
const BITS_OF: number[] = [];
for (const [cls, first, last, bits] of CLASSES) {
  for (let reg = first; reg <= last; reg++) {
    CLASS_OF[reg] = cls;
    NUMBER_OF[reg] = reg - first;
    BITS_OF[reg] = bits;
  }
}

export function classOf(reg: number): RegisterClass | undefined {
  return CLASS_OF[reg];
}

/** The register's number within its class (for bytes: iced-x86's order, with AH..BH at 4..7). */
export function numberOf(reg: number): number {
  return NUMBER_OF[reg] ?? 0;
}

/** Width in bits. */
export function bitsOf(reg: number): number {
  return BITS_OF[reg] ?? 0;
}

const isByteWithRex = (reg: number): boolean => reg >= Register.SPL && reg <= Register.R15L;

/** Whether only 64-bit code can name the register (SDM vol. 2A, 2.2.1). */
export function needs64(reg: number): boolean {
  const cls = CLASS_OF[reg];
  const n = NUMBER_OF[reg] ?? 0;
  switch (cls) {
    case 'r8':
      return isByteWithRex(reg);
    case 'r64':
      return true;
    case 'r16':
    case 'r32':
    case 'xmm':
    case 'ymm':
    case 'zmm':
    case 'cr':
    case 'dr':
      return n >= 8;
    default:
      return false;
  }
}

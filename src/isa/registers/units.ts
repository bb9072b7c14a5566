import type { BitTable } from '../bits';
import { PKRU, XCR0, Xcr0 } from './control';
import { MXCSR, MXCSR_INITIAL, X87_CONTROL, X87_STATUS } from './floating-point';

/** The registers of the x87, MMX and vector units, by the names that instructions and manuals give them. */

/** What a register is: one of a row that is alike, or a word of its own. */
export type UnitClass = 'st' | 'mm' | 'xmm' | 'ymm' | 'word';

/** How they are told apart for people: by the unit whose instructions work with them. */
export type UnitGroup = 'x87' | 'mmx' | 'vector';

export interface UnitRegister {
  /** Lower-case, as the assembler and the expression language spell it. */
  readonly name: string;
  readonly class: UnitClass;
  readonly group: UnitGroup;
  /** Its number among those of its class: of ST relative to TOP. */
  readonly index: number;
  readonly width: 16 | 32 | 64 | 80 | 128 | 256;
  readonly bits?: BitTable;
  /** What it holds in the initial configuration (SDM 1 13.6), in which the registers of the stack are empty. */
  readonly initial: bigint;
}

function row(
  name: string,
  group: UnitGroup,
  width: UnitRegister['width'],
  bits?: BitTable,
  initial = 0n,
): UnitRegister {
  return { name, class: 'word', group, index: 0, width, initial, ...(bits && { bits }) };
}

function alike(
  count: number,
  name: Exclude<UnitClass, 'word'>,
  group: UnitGroup,
  width: UnitRegister['width'],
): UnitRegister[] {
  return Array.from({ length: count }, (_, index) => {
    return { name: `${name}${index}`, class: name, group, index, width, initial: 0n };
  });
}

/**
 * All of them, in the order in which views show them. FTW is the full tag word, as FSTENV stores it
 * (SDM 1 8.1.7); FOP, FCS, FIP, FDS and FDP tell of the last instruction that was no control
 * instruction (SDM 1 8.1.8). MMn is the significand of a physical register of the stack (SDM 1 9.2).
 */
export const UNIT_REGISTERS: readonly UnitRegister[] = [
  ...alike(8, 'st', 'x87', 80),
  row('fcw', 'x87', 16, X87_CONTROL, 0x37fn),
  row('fsw', 'x87', 16, X87_STATUS),
  row('ftw', 'x87', 16, undefined, 0xffffn),
  row('fop', 'x87', 16),
  row('fcs', 'x87', 16),
  row('fip', 'x87', 64),
  row('fds', 'x87', 16),
  row('fdp', 'x87', 64),
  ...alike(8, 'mm', 'mmx', 64),
  ...alike(16, 'xmm', 'vector', 128),
  ...alike(16, 'ymm', 'vector', 256),
  row('mxcsr', 'vector', 32, MXCSR, MXCSR_INITIAL),
  row('xcr0', 'vector', 64, XCR0, Xcr0.X87),
  row('pkru', 'vector', 32, PKRU),
];

const BY_NAME = new Map(UNIT_REGISTERS.map((register) => [register.name, register]));

/** The register of this name (any case), or undefined when it names none of them. */
export function unitRegister(name: string): UnitRegister | undefined {
  return BY_NAME.get(name.toLowerCase());
}

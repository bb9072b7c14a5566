import { Code, CodeExt, Mnemonic } from 'iced-x86';

/** What a NASM mnemonic stands for among iced-x86's instruction forms. */
export interface MnemonicEntry {
  /** iced-x86's mnemonics whose forms are meant. */
  readonly mnemonics: readonly number[];
  /** Only the forms of this operand size, as in `iretq` or `pushfw`. */
  readonly operandSize?: 16 | 32 | 64;
  /** An immediate that the name stands for, as the predicate of `cmpltps`. */
  readonly immediate?: number;
}

/** Condition codes: iced-x86 knows the first of each line (SDM vol. 1, appendix B). */
const CONDITIONS: readonly (readonly string[])[] = [
  ['b', 'c', 'nae'],
  ['ae', 'nb', 'nc'],
  ['e', 'z'],
  ['ne', 'nz'],
  ['be', 'na'],
  ['a', 'nbe'],
  ['p', 'pe'],
  ['np', 'po'],
  ['l', 'nge'],
  ['ge', 'nl'],
  ['le', 'ng'],
  ['g', 'nle'],
];

const { Iret, Iretd, Iretq, Pusha, Pushad, Popa, Popad, Ret, Retf } = Mnemonic;
const { Pushf, Pushfd, Pushfq, Popf, Popfd, Popfq } = Mnemonic;
const { Sysret, Sysretq, Sysexit, Sysexitq } = Mnemonic;

const all = (...mnemonics: number[]): MnemonicEntry => ({ mnemonics });
const sized = (operandSize: 16 | 32 | 64, ...mnemonics: number[]): MnemonicEntry => ({
  mnemonics,
  operandSize,
});

/** NASM's names that differ from iced-x86's. */
const ALIASES: Readonly<Record<string, MnemonicEntry>> = {
  // Without a size letter NASM means the size of the current mode; iced-x86's bare name is the 16-bit form.
  iret: all(Iret, Iretd, Iretq),
  iretw: sized(16, Iret),
  pusha: all(Pusha, Pushad),
  pushaw: sized(16, Pusha),
  popa: all(Popa, Popad),
  popaw: sized(16, Popa),
  pushf: all(Pushf, Pushfd, Pushfq),
  pushfw: sized(16, Pushf),
  popf: all(Popf, Popfd, Popfq),
  popfw: sized(16, Popf),
  ret: all(Ret),
  retn: all(Ret),
  retw: sized(16, Ret),
  retnw: sized(16, Ret),
  retd: sized(32, Ret),
  retnd: sized(32, Ret),
  retq: sized(64, Ret),
  retnq: sized(64, Ret),
  retfw: sized(16, Retf),
  retfd: sized(32, Retf),
  retfq: sized(64, Retf),
  sysret: all(Sysret, Sysretq),
  sysexit: all(Sysexit, Sysexitq),
  // NASM writes `sal` as `shl` (opcode extension /4); /6 is undocumented.
  sal: all(Mnemonic.Shl),
  loopz: all(Mnemonic.Loope),
  loopnz: all(Mnemonic.Loopne),
  icebp: all(Mnemonic.Int1),
  int01: all(Mnemonic.Int1),
  int03: all(Mnemonic.Int3),
  xlat: all(Mnemonic.Xlatb),
  fwait: all(Mnemonic.Wait),
  // NASM takes a 32-bit source under the plain name, too.
  movsx: all(Mnemonic.Movsx, Mnemonic.Movsxd),
};

/** Predicates of CMPPS and its kin; VEX forms know all 32 (SDM vol. 2A, table 3-1). */
const PREDICATES = [
  ...['eq', 'lt', 'le', 'unord', 'neq', 'nlt', 'nle', 'ord'],
  ...['eq_uq', 'nge', 'ngt', 'false', 'neq_oq', 'ge', 'gt', 'true'],
  ...['eq_os', 'lt_oq', 'le_oq', 'unord_s', 'neq_us', 'nlt_uq', 'nle_uq', 'ord_s'],
  ...['eq_us', 'nge_uq', 'ngt_uq', 'false_os', 'neq_os', 'ge_oq', 'gt_oq', 'true_us'],
];

const PCLMUL: Readonly<Record<string, number>> = { lqlq: 0, hqlq: 1, lqhq: 16, hqhq: 17 };
const INTEGER_PREDICATES = ['eq', 'lt', 'le', 'false', 'neq', 'nlt', 'nle', 'true'];

let table: Map<string, MnemonicEntry> | undefined;

function build(): Map<string, MnemonicEntry> {
  const map = new Map<string, MnemonicEntry>();
  const skipped = new Set(['invalid', 'db', 'dw', 'dd', 'dq', 'reservednop', 'undoc']);
  for (let value = 0; Mnemonic[value] !== undefined; value++) {
    const name = Mnemonic[value]?.toLowerCase() ?? '';
    if (!skipped.has(name)) map.set(name, { mnemonics: [value] });
  }
  for (const [first, ...others] of CONDITIONS) {
    for (const other of others) {
      for (const stem of ['j', 'set', 'cmov']) {
        const entry = map.get(`${stem}${first ?? ''}`);
        if (entry) map.set(stem + other, entry);
      }
      const exchange = map.get(`cmp${first ?? ''}xadd`);
      if (exchange) map.set(`cmp${other}xadd`, exchange);
    }
  }
  const pseudo = (name: string, real: string, immediate: number): void => {
    const entry = map.get(real);
    if (entry && !map.has(name)) map.set(name, { ...entry, immediate });
  };
  for (const type of ['ps', 'pd', 'ss', 'sd']) {
    PREDICATES.forEach((predicate, i) => {
      if (i < 8) pseudo(`cmp${predicate}${type}`, `cmp${type}`, i);
      pseudo(`vcmp${predicate}${type}`, `vcmp${type}`, i);
    });
  }
  for (const type of ['b', 'w', 'd', 'q', 'ub', 'uw', 'ud', 'uq']) {
    INTEGER_PREDICATES.forEach((predicate, i) => {
      pseudo(`vpcmp${predicate}${type}`, `vpcmp${type}`, i);
    });
  }
  for (const [halves, i] of Object.entries(PCLMUL)) {
    pseudo(`pclmul${halves}dq`, 'pclmulqdq', i);
    pseudo(`vpclmul${halves}dq`, 'vpclmulqdq', i);
  }
  for (const [name, entry] of Object.entries(ALIASES)) map.set(name, entry);
  return map;
}

export function findMnemonic(name: string): MnemonicEntry | undefined {
  return (table ??= build()).get(name);
}

export function isMnemonic(name: string): boolean {
  return findMnemonic(name) !== undefined;
}

export function mnemonicNames(): Iterable<string> {
  return (table ??= build()).keys();
}

/**
 * Forms that no assembler source means: those of processors that decode them only under an option of iced-x86's
 * decoder (Cyrix, early 386 and 486 steppings, Xeon Phi). MPX is the exception: NASM knows it.
 */
const MPX = 0x80000;

let codes: (number[] | undefined)[] | undefined;

function collectCodes(): (number[] | undefined)[] {
  const lists: (number[] | undefined)[] = [];
  for (let code = 1; Code[code] !== undefined; code++) {
    const info = CodeExt.opCode(code);
    const option = info.decoderOption;
    if (option === 0 || option === MPX) (lists[info.mnemonic] ??= []).push(code);
    info.free();
  }
  return lists;
}

/** iced-x86's codes of a mnemonic, in its order. */
export function codesOf(mnemonic: number): readonly number[] {
  return (codes ??= collectCodes())[mnemonic] ?? [];
}

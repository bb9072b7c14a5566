/** The language's own words: those that are neither instructions nor registers. */

import type { OperandSize } from './statement';

export const SIZE_WORDS: Readonly<Record<string, OperandSize>> = {
  byte: 8,
  word: 16,
  dword: 32,
  qword: 64,
  tword: 80,
  tbyte: 80,
  oword: 128,
  xmmword: 128,
  yword: 256,
  ymmword: 256,
  zword: 512,
  zmmword: 512,
};

/** Bytes per item of `db` and its family. */
export const DATA_WORDS: Readonly<Record<string, number>> = {
  db: 1,
  dw: 2,
  dd: 4,
  dq: 8,
  dt: 10,
  do: 16,
  ddq: 16,
  dy: 32,
  dz: 64,
};

export const RESERVE_WORDS: Readonly<Record<string, number>> = {
  resb: 1,
  resw: 2,
  resd: 4,
  resq: 8,
  rest: 10,
  reso: 16,
  resdq: 16,
  resy: 32,
  resz: 64,
};

/** Prefixes that stand before a mnemonic as a word of their own. */
export const PREFIX_WORDS: ReadonlySet<string> = new Set([
  'lock',
  'rep',
  'repe',
  'repz',
  'repne',
  'repnz',
  'xacquire',
  'xrelease',
  'bnd',
  'nobnd',
  'notrack',
  'wait',
  'osp',
  'asp',
  'o16',
  'o32',
  'o64',
  'a16',
  'a32',
  'a64',
  'es',
  'cs',
  'ss',
  'ds',
  'fs',
  'gs',
]);

/** Directives, which take the rest of the line (NASM manual, chapter 7 and the standard macros in 4.11). */
export const DIRECTIVES: ReadonlySet<string> = new Set([
  'bits',
  'use16',
  'use32',
  'use64',
  'org',
  'section',
  'segment',
  'absolute',
  'default',
  'global',
  'extern',
  'required',
  'static',
  'common',
  'cpu',
  'float',
  'struc',
  'endstruc',
  'istruc',
  'at',
  'iend',
  'sectalign',
  'alignmode',
]);

/** Directives that are known only in brackets, so that their names are free for labels. */
export const BRACKETED_DIRECTIVES: ReadonlySet<string> = new Set([
  'map',
  'debug',
  'list',
  'warning',
  'pragma',
]);

/** Whether a word begins a statement without being an instruction. */
export function isStatementWord(word: string): boolean {
  return (
    word in DATA_WORDS ||
    word in RESERVE_WORDS ||
    DIRECTIVES.has(word) ||
    PREFIX_WORDS.has(word) ||
    OTHER_WORDS.has(word)
  );
}

const OTHER_WORDS = new Set(['equ', 'times', 'incbin', 'align', 'alignb']);

/** Whether NASM defines a directive as a multi-line macro, so that `%ifmacro` finds it. */
export function isStandardMacro(word: string): boolean {
  return DIRECTIVES.has(word) || word === 'align' || word === 'alignb' || word === 'incbin';
}

/** All words that can begin a statement, for suggestions. */
export function statementWords(): string[] {
  return [
    ...Object.keys(DATA_WORDS),
    ...Object.keys(RESERVE_WORDS),
    ...DIRECTIVES,
    ...PREFIX_WORDS,
    ...OTHER_WORDS,
  ];
}

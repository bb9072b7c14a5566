import * as l10n from '@vscode/l10n';

/** Exceptions and their vectors (SDM 3A 6.3 and table 6-1; double faults: 6.15, table 6-4). */

/** When an exception is reported (SDM 3A 6.5). */
export type ExceptionKind = 'fault' | 'trap' | 'abort' | 'fault or trap' | 'interrupt' | 'reserved';

/** How an exception combines with another raised while delivering it (SDM 3A table 6-4). */
export type DoubleFaultClass = 'benign' | 'contributory' | 'page fault' | 'double fault';

export interface ExceptionRow {
  readonly vector: number;
  /** With the hash sign, as the manual writes it; empty for reserved vectors. */
  readonly mnemonic: string;
  readonly name: string;
  readonly kind: ExceptionKind;
  /** Whether an error code is pushed (outside real mode). */
  readonly errorCode: boolean;
  readonly doubleFaultClass: DoubleFaultClass;
  readonly gloss: string;
}

/** Vector numbers by mnemonic. */
export const Vector = {
  DE: 0,
  DB: 1,
  NMI: 2,
  BP: 3,
  OF: 4,
  BR: 5,
  UD: 6,
  NM: 7,
  DF: 8,
  TS: 10,
  NP: 11,
  SS: 12,
  GP: 13,
  PF: 14,
  MF: 16,
  AC: 17,
  MC: 18,
  XM: 19,
  VE: 20,
  CP: 21,
} as const;

export type VectorName = keyof typeof Vector;

function row(
  name: VectorName,
  title: string,
  kind: ExceptionKind,
  gloss: string,
  doubleFaultClass: DoubleFaultClass = 'benign',
  errorCode = false,
): ExceptionRow {
  const mnemonic = name === 'NMI' ? 'NMI' : `#${name}`;
  return {
    vector: Vector[name],
    mnemonic,
    name: title,
    kind,
    errorCode,
    doubleFaultClass,
    gloss,
  };
}

const DEFINED: readonly ExceptionRow[] = [
  row('DE', 'Divide Error', 'fault', 'Division by zero, or a quotient too large.', 'contributory'),
  row('DB', 'Debug', 'fault or trap', 'Single step, breakpoint register, or task switch trap.'),
  row('NMI', 'Non-Maskable Interrupt', 'interrupt', 'An interrupt that RFLAGS.IF cannot hold off.'),
  row('BP', 'Breakpoint', 'trap', 'The INT3 instruction.'),
  row('OF', 'Overflow', 'trap', 'The INTO instruction with RFLAGS.OF set.'),
  row('BR', 'BOUND Range Exceeded', 'fault', 'The BOUND instruction found an index out of range.'),
  row('UD', 'Invalid Opcode', 'fault', 'An instruction that does not exist, or not in this mode.'),
  row('NM', 'Device Not Available', 'fault', 'x87 or SSE used with CR0.TS or CR0.EM set.'),
  row(
    'DF',
    'Double Fault',
    'abort',
    'A second exception came while the first was being delivered.',
    'double fault',
    true,
  ),
  row('TS', 'Invalid TSS', 'fault', 'Something in a TSS is not as needed.', 'contributory', true),
  row(
    'NP',
    'Segment Not Present',
    'fault',
    'A descriptor or gate with P=0 was used.',
    'contributory',
    true,
  ),
  row(
    'SS',
    'Stack-Segment Fault',
    'fault',
    'A stack access beyond the limit or with a non-canonical address.',
    'contributory',
    true,
  ),
  row(
    'GP',
    'General Protection',
    'fault',
    'A protection rule was broken that no other exception reports.',
    'contributory',
    true,
  ),
  row(
    'PF',
    'Page Fault',
    'fault',
    'No translation, or one that does not allow this access; CR2 holds the address.',
    'page fault',
    true,
  ),
  row('MF', 'x87 Floating-Point Error', 'fault', 'A pending unmasked x87 exception.'),
  row(
    'AC',
    'Alignment Check',
    'fault',
    'An unaligned access in ring 3; in any ring a split lock, where that is turned on.',
    'benign',
    true,
  ),
  row('MC', 'Machine Check', 'abort', 'The hardware reports an internal or bus error.'),
  row('XM', 'SIMD Floating-Point', 'fault', 'An unmasked SSE floating-point exception.'),
  row(
    'VE',
    'Virtualization',
    'fault',
    'An EPT violation delivered to the guest itself.',
    'page fault',
  ),
  row(
    'CP',
    'Control Protection',
    'fault',
    'A control-flow rule of CET was broken.',
    'contributory',
    true,
  ),
];

function reserved(vector: number): ExceptionRow {
  return {
    vector,
    mnemonic: '',
    name: 'Reserved',
    kind: 'reserved',
    errorCode: false,
    doubleFaultClass: 'benign',
    gloss: 'Reserved by Intel.',
  };
}

/** One row for each of the vectors 0 to 31. */
export const EXCEPTIONS: readonly ExceptionRow[] = Array.from(
  { length: 32 },
  (_, vector) => DEFINED.find((exception) => exception.vector === vector) ?? reserved(vector),
);

/** Whether delivery of this hardware exception pushes an error code (outside real mode). */
export function hasErrorCode(vector: number): boolean {
  return EXCEPTIONS[vector]?.errorCode ?? false;
}

/**
 * What becomes of an exception raised while another was being delivered (SDM 3A table 6-5): it is
 * delivered itself, becomes a double fault, or shuts the processor down (triple fault).
 */
export function combineExceptions(
  first: number,
  second: number,
): 'serial' | 'double fault' | 'shutdown' {
  const a = EXCEPTIONS[first]?.doubleFaultClass ?? 'benign';
  const b = EXCEPTIONS[second]?.doubleFaultClass ?? 'benign';
  const severe = b === 'contributory' || b === 'page fault';
  if (a === 'double fault') return severe ? 'shutdown' : 'serial';
  if (a === 'contributory') return b === 'contributory' ? 'double fault' : 'serial';
  if (a === 'page fault') return severe ? 'double fault' : 'serial';
  return 'serial';
}

/** For people: `#PF Page Fault`, or `vector 0x80`. */
export function describeVector(vector: number): string {
  const exception = EXCEPTIONS[vector];
  if (!exception || exception.kind === 'reserved') {
    return l10n.t('vector {0}', `0x${vector.toString(16)}`);
  }
  return `${exception.mnemonic} ${l10n.t(exception.name)}`;
}

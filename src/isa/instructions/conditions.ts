/** Condition codes: the endings of Jcc, SETcc and CMOVcc (SDM 1 appendix B). */
export const CONDITIONS: readonly (readonly [codes: string, gloss: string])[] = [
  ['o', 'overflow (OF = 1)'],
  ['no', 'no overflow (OF = 0)'],
  ['b c nae', 'below, unsigned (CF = 1)'],
  ['ae nb nc', 'above or equal, unsigned (CF = 0)'],
  ['e z', 'equal, or zero (ZF = 1)'],
  ['ne nz', 'not equal, or not zero (ZF = 0)'],
  ['be na', 'below or equal, unsigned (CF = 1 or ZF = 1)'],
  ['a nbe', 'above, unsigned (CF = 0 and ZF = 0)'],
  ['s', 'negative (SF = 1)'],
  ['ns', 'not negative (SF = 0)'],
  ['p pe', 'parity even (PF = 1)'],
  ['np po', 'parity odd (PF = 0)'],
  ['l nge', 'less, signed (SF ≠ OF)'],
  ['ge nl', 'greater or equal, signed (SF = OF)'],
  ['le ng', 'less or equal, signed (ZF = 1 or SF ≠ OF)'],
  ['g nle', 'greater, signed (ZF = 0 and SF = OF)'],
];

/** What the families of conditional instructions do; {0} is the condition. */
export const CONDITIONAL_FAMILIES: readonly (readonly [prefix: string, gloss: string])[] = [
  ['j', 'Jumps if {0}.'],
  ['set', 'Sets a byte to 1 if {0}, else to 0.'],
  ['cmov', 'Copies if {0}.'],
];

export interface ConditionalGloss {
  readonly family: string;
  readonly condition: string;
}

const BY_CODE = new Map(
  CONDITIONS.flatMap(([codes, gloss]) => codes.split(' ').map((code) => [code, gloss] as const)),
);

/** The sentence for `jz`, `setnz`, `cmovae` and their kin, in two parts; undefined for others. */
export function conditionalGloss(mnemonic: string): ConditionalGloss | undefined {
  for (const [prefix, family] of CONDITIONAL_FAMILIES) {
    if (!mnemonic.startsWith(prefix)) continue;
    const condition = BY_CODE.get(mnemonic.slice(prefix.length));
    if (condition !== undefined) return { family, condition };
  }
  return undefined;
}

import { Mnemonic } from 'iced-x86';
import { codesOf, isRare } from './codes';
import { ALIASES, nameSynonyms, PREDICATE_NAMES, type Synonym } from './synonyms';

/** What a NASM mnemonic stands for among iced-x86's instruction forms. */
export interface MnemonicEntry {
  /** iced-x86's mnemonics whose forms are meant. */
  readonly mnemonics: readonly number[];
  /** Only these of their forms. */
  readonly codes?: readonly number[];
  /** Only the forms of this operand size, as in `iretq` or `pushfw`. */
  readonly operandSize?: 16 | 32 | 64;
  /** An immediate that the name stands for, as the predicate of `cmpltps`. */
  readonly immediate?: number;
  /** A register number that the name stands for, as in `hint_nop3`. */
  readonly registerNumber?: number;
}

let table: Map<string, MnemonicEntry> | undefined;

function build(): Map<string, MnemonicEntry> {
  const map = new Map<string, MnemonicEntry>();
  // Encodings without a name, and those that have names of their own below.
  const skipped = new Set<number>([Mnemonic.Undoc, Mnemonic.Reservednop]);
  for (let value = 0; Mnemonic[value] !== undefined; value++) {
    const name = Mnemonic[value]?.toLowerCase() ?? '';
    if (!skipped.has(value) && codesOf(value).length > 0) map.set(name, { mnemonics: [value] });
  }
  const add = ({ name, like, immediate }: Synonym): void => {
    const entry = map.get(like);
    if (entry && !map.has(name))
      map.set(name, immediate === undefined ? entry : { ...entry, immediate });
  };
  for (const synonym of nameSynonyms([...map.keys()])) add(synonym);
  for (const predicate of PREDICATE_NAMES) add(predicate);
  for (const [name, entry] of Object.entries(ALIASES)) map.set(name, entry);
  return map;
}

export function findMnemonic(name: string): MnemonicEntry | undefined {
  return (table ??= build()).get(name);
}

export function isMnemonic(name: string): boolean {
  return findMnemonic(name) !== undefined;
}

/** Whether the mnemonic is so rare that a name with a colon is more likely a label. */
export function isRareMnemonic(name: string): boolean {
  return findMnemonic(name)?.mnemonics.every(isRare) ?? false;
}

/** The names that a misspelled one may have been meant to be. */
export function* mnemonicNames(): Generator<string> {
  for (const [name, entry] of (table ??= build())) {
    if (!entry.mnemonics.every(isRare) && entry.registerNumber === undefined) yield name;
  }
}

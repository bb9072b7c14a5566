import { preprocessorGlosses } from './preprocessor-glosses';
import { directiveGlosses, operandGlosses, type Gloss } from './word-glosses';

/** A word of NASM's language that is neither an instruction nor a register. */
export interface WordInfo {
  readonly name: string;
  /** How it is written, with its arguments. */
  readonly usage: string;
  /** What it does, in the reader's language. */
  readonly gloss: string;
  readonly kind: 'directive' | 'operand' | 'preprocessor';
}

let table: Map<string, WordInfo> | undefined;

function build(): Map<string, WordInfo> {
  const map = new Map<string, WordInfo>();
  const add = (glosses: readonly Gloss[], kind: WordInfo['kind']): void => {
    for (const [names, usage, gloss] of glosses)
      for (const name of names.split(' ')) map.set(name, { name, usage, gloss, kind });
  };
  add(directiveGlosses(), 'directive');
  add(operandGlosses(), 'operand');
  add(preprocessorGlosses(), 'preprocessor');
  return map;
}

/** What a word (lower case) means. */
export function wordInfo(word: string): WordInfo | undefined {
  return (table ??= build()).get(word);
}

export function allWords(): Iterable<WordInfo> {
  return (table ??= build()).values();
}

import type { Word } from './builder';
import type { LogicalLine } from './logical-lines';

/** A label of a line, and the value behind it. */
export interface Pair {
  readonly label: string;
  readonly word: Word;
}

const escaped = (label: string): string => label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Longest first: of two labels that fit, the longer one is meant. */
const alternatives = (labels: readonly string[]): string =>
  [...labels]
    .sort((a, b) => b.length - a.length)
    .map((label) => escaped(label).replaceAll(' ', ' +'))
    .join('|');

/**
 * Finds pairs of a label and a value anywhere in a line, so that it does not matter where a mail
 * program broke it.
 */
export class PairFinder {
  private readonly pattern: RegExp;

  /** @param sign what stands between a label and its value */
  constructor(labels: readonly string[], sign: string) {
    this.pattern = new RegExp(
      `(?<![\\w.])(${alternatives(labels)})${sign}([^\\s,()|;]*?):?(?=[\\s,()|;]|$)`,
      'dg',
    );
  }

  in(line: LogicalLine): Pair[] {
    return [...line.text.matchAll(this.pattern)].map((match) => {
      const [, label = '', text = ''] = match;
      const offset = match.indices?.[2]?.[0] ?? match.index;
      return { label: label.replace(/ +/g, ' '), word: line.word(text, offset) };
    });
  }
}

/** The groups of a match as words; the pattern needs the flag d. */
export function wordsOf(line: LogicalLine, match: RegExpExecArray): Word[] {
  return [...match].slice(1).map((text, n) => {
    const offset = match.indices?.[n + 1]?.[0] ?? match.index;
    // A group that took no part is undefined, whatever its type says.
    return line.word((text as string | undefined) ?? '', offset);
  });
}

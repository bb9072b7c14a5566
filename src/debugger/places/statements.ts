import type { Assembly } from '../../program';
import type { Target } from '../target';
import { placeAt } from './program-place';

/** Where somebody stands who goes through a source line by line. */
export interface LinePlace {
  /** `file:line`; undefined where no line is known. */
  readonly line: string | undefined;
  /** Where the function begins, as the program knows it. */
  readonly function: bigint | undefined;
  /** A compiler has made several instructions of a line, perhaps in several places. */
  readonly isCompiled: boolean;
  /** It is the first instruction of a statement. */
  readonly begins: boolean;
  /** The function has not made its frame yet: its variables are not where they will be. */
  readonly isPrologue: boolean;
}

export function linePlaceAt(target: Target, linear: bigint): LinePlace {
  const found = placeAt(target, linear);
  if (!found) return NOWHERE;
  const { program, entry, address } = found;
  const [place] = entry.chain;
  const start = functionAt(program, address);
  const end = start === undefined ? undefined : prologueEnd(program, start);
  return {
    line: place && `${place.file}:${String(place.line)}`,
    function: start,
    isCompiled: entry.compiled === 'statement' || entry.compiled === 'more',
    begins: entry.compiled === 'statement' && entry.address === address,
    isPrologue: end !== undefined && address < end,
  };
}

const NOWHERE: LinePlace = {
  line: undefined,
  function: undefined,
  isCompiled: false,
  begins: false,
  isPrologue: false,
};

const functionAt = ({ symbols }: Assembly, address: bigint): bigint | undefined =>
  symbols.nearest(address)?.symbol.value;

/**
 * Where the second row of lines begins in a compiled function: the compiler gives the code that makes the frame a row of
 * its own. Undefined where an address is not the beginning of such a function.
 */
export function prologueEnd(program: Assembly, start: bigint): bigint | undefined {
  const first = program.lines.at(start);
  if (first?.compiled !== 'statement' || first.address !== start) return undefined;
  if (functionAt(program, start) !== start) return undefined;
  const end = start + BigInt(first.length);
  const second = program.lines.at(end);
  const isOne = second?.compiled === 'statement' || second?.compiled === 'more';
  return isOne && functionAt(program, end) === start ? end : undefined;
}

/**
 * Whether a step by lines that began at one place has come to its end at another: at the beginning of another statement,
 * or in another function.
 */
export function isNextLine(from: LinePlace, now: LinePlace): boolean {
  if (now.isPrologue && !(from.isPrologue && from.function === now.function)) return false;
  if (now.function !== from.function) return true;
  return now.line !== undefined && now.line !== from.line && now.begins;
}

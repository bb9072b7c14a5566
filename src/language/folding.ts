import { isOp, type TokenLine } from '../program/tokens';
import type { SourceText } from './text';

/** Lines (from 0) that can be folded: the first stays. */
export interface Fold {
  readonly start: number;
  readonly end: number;
  readonly kind: 'comment' | undefined;
}

interface Open {
  readonly start: number;
  readonly end: RegExp;
}

/** Blocks with a beginning and an end of their own. */
const BLOCKS: readonly (readonly [begin: RegExp, end: RegExp])[] = [
  [/^%(i|r|ri|ir)?macro$/, /^%endm(acro)?$/],
  [/^%if\w*$/, /^%endif$/],
  [/^%rep$/, /^%endrep$/],
  [/^struc$/, /^endstruc$/],
  [/^istruc$/, /^iend$/],
];
const OTHERWISE = /^%(else|elif\w*)$/;
const SECTION = /^(section|segment)$/;
/** A comment of fewer lines is not worth folding. */
const COMMENT_LINES = 3;

/** What can be folded: macros, conditions, repetitions, structures, sections, procedures and blocks of comments. */
export function foldsOf(text: SourceText): Fold[] {
  return [...blocks(text), ...procedures(text), ...comments(text)].sort(
    (a, b) => a.start - b.start || b.end - a.end,
  );
}

const fold = (start: number, end: number, kind?: 'comment'): Fold[] =>
  end > start ? [{ start, end, kind }] : [];

function headWord(tokens: TokenLine): string {
  const [first, second] = tokens;
  return (isOp(first, '[') ? second : first)?.text.toLowerCase() ?? '';
}

function blocks(text: SourceText): Fold[] {
  const folds: Fold[] = [];
  const open: Open[] = [];
  text.tokens.forEach((tokens, line) => {
    const word = headWord(tokens);
    if (word === '') return;
    const top = open[open.length - 1];
    if (top?.end.test(word)) {
      open.pop();
      // The closing line stays to be seen.
      folds.push(...fold(top.start, line - 1));
    } else if (top && OTHERWISE.test(word) && top.end.test('%endif')) {
      open.pop();
      folds.push(...fold(top.start, line - 1));
      open.push({ start: line, end: top.end });
    } else {
      const block = BLOCKS.find(([begin]) => begin.test(word));
      if (block) open.push({ start: line, end: block[1] });
    }
  });
  return folds;
}

/** From each section to the next, and from each label that is not local to the next. */
function procedures(text: SourceText): Fold[] {
  const folds: Fold[] = [];
  let section: number | undefined;
  let label: number | undefined;
  const endBefore = (line: number): number => {
    let end = line - 1;
    while (end >= 0 && /^\s*(;.*)?$/.test(text.line(end))) end--;
    return end;
  };
  const closeLabel = (line: number): void => {
    if (label !== undefined) folds.push(...fold(label, endBefore(line)));
    label = undefined;
  };
  text.tokens.forEach((tokens, line) => {
    const isSection = SECTION.test(headWord(tokens));
    const isLabel =
      tokens[0]?.kind === 'id' && isOp(tokens[1], ':') && !tokens[0].text.startsWith('.');
    if (isSection || isLabel) closeLabel(line);
    if (isSection) {
      if (section !== undefined) folds.push(...fold(section, endBefore(line)));
      section = line;
    }
    if (isLabel) label = line;
  });
  closeLabel(text.lines.length);
  if (section !== undefined) folds.push(...fold(section, endBefore(text.lines.length)));
  return folds;
}

function comments(text: SourceText): Fold[] {
  const folds: Fold[] = [];
  let start: number | undefined;
  const close = (line: number): void => {
    if (start !== undefined && line - start >= COMMENT_LINES)
      folds.push(...fold(start, line - 1, 'comment'));
    start = undefined;
  };
  text.lines.forEach((source, line) => {
    if (/^\s*;/.test(source)) start ??= line;
    else close(line);
  });
  close(text.lines.length);
  return folds;
}

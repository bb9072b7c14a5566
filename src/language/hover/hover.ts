import * as l10n from '@vscode/l10n';
import { integerValue } from '../../program/literals';
import type { Token } from '../../program/tokens';
import { registerOf } from '../../program/x86/registers';
import type { Occurrence } from '../entity';
import { factsOfCode, factsOfName } from '../instruction-facts';
import { operandKeys } from '../line-shape';
import { block, paragraphs } from '../markdown';
import { entryOf } from '../mode';
import type { FileView } from '../program-view';
import { rangeOf, touches, type Position, type Range } from '../text';
import { wordInfo } from '../words';
import { describeMnemonic, instructionMarkdown } from './instruction-hover';
import { msrLine, numberMarkdown } from './number-hover';
import { registerMarkdown } from './register-hover';
import { symbolMarkdown } from './symbol-hover';

export interface Hover {
  readonly markdown: string;
  readonly range: Range;
}

/** What there is to say about what stands at a position. */
export function hoverAt(view: FileView, position: Position): Hover | undefined {
  const { analysis } = view;
  const token = tokenAt(view, position);
  if (!token) return undefined;
  const occurrence = view.current ? analysis?.index.at(view.file, position) : undefined;
  const markdown =
    analysis && occurrence ? symbolMarkdown(analysis, occurrence) : ofToken(view, position, token);
  return markdown === undefined || markdown === ''
    ? undefined
    : { markdown, range: rangeOf(token) };
}

export function tokenAt(view: FileView, position: Position): Token | undefined {
  const tokens = view.text.tokens[position.line] ?? [];
  // Between two that touch, the one that begins at the cursor is meant.
  return tokens.filter((token) => touches(token, position)).pop();
}

function ofToken(view: FileView, { line }: Position, token: Token): string | undefined {
  const shape = view.shape(line);
  const word = token.text.toLowerCase();
  if (token === shape.head && shape.kind === 'instruction') return instruction(view, line, word);
  if (token.kind === 'number') return paragraphs(numberMarkdown(token), msrOf(token));
  if (token.kind === 'string') return numberMarkdown(token);
  const info = wordInfo(word);
  if (token.kind === 'pre') return info ? wordText(info.usage, info.gloss) : parameterText(word);
  if (token.kind !== 'id' && token.kind !== 'op') return undefined;
  const isHead = token === shape.head || shape.prefixes.includes(token);
  if (!isHead && registerOf(word) !== undefined) return registerMarkdown(word, view.bits(line));
  if (info) return wordText(info.usage, info.gloss);
  if (shape.prefixes.includes(token)) return prefixText(word);
  return undefined;
}

const wordText = (usage: string, gloss: string): string => paragraphs(block(usage), gloss);

function prefixText(word: string): string | undefined {
  const text = describeMnemonic(word);
  return text === undefined ? undefined : `**${word.toUpperCase()}** ${text}`;
}

/** `%1` and its kin. */
function parameterText(word: string): string | undefined {
  const number = /^%(\d+)$/.exec(word)?.[1];
  if (number === undefined) return undefined;
  return number === '0'
    ? l10n.t('The number of parameters of this call of the macro.')
    : l10n.t('Parameter {0} of the macro.', number);
}

function msrOf(token: Token): string | undefined {
  const value = integerValue(token.text);
  return value === undefined ? undefined : msrLine(value);
}

function instruction(view: FileView, line: number, mnemonic: string): string {
  const bits = view.bits(line);
  const operands = operandKeys(view.shape(line));
  const { analysis } = view;
  const entry = view.current ? entryOf(analysis, view.file, line) : undefined;
  const image = analysis?.assembly.image;
  if (entry && image && image.length > 0 && analysis) {
    const start = Number(entry.load - analysis.assembly.origin);
    const facts = factsOfCode(image.subarray(start, start + entry.length), entry.bits);
    if (facts) return instructionMarkdown({ mnemonic, operands, facts, address: entry.address });
  }
  const facts = factsOfName(mnemonic, operands, bits);
  return instructionMarkdown({ mnemonic, operands, facts, address: undefined });
}

/** The occurrence at a position, if the analysis is that of the present text. */
export function occurrenceAt(view: FileView, position: Position): Occurrence | undefined {
  return view.current ? view.analysis?.index.at(view.file, position) : undefined;
}

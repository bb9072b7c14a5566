import type { Location, Span } from '../program/diagnostics';
import { tokenizeFile } from '../program/lexer';
import type { TokenLine } from '../program/tokens';

/** A place in a text as editors count: line and character from 0, in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/** A stretch of a file. */
export interface Place {
  readonly file: string;
  readonly range: Range;
}

/** A source file's text, with its lines and tokens when they are asked for. */
export class SourceText {
  private split: readonly string[] | undefined;
  private lexed: readonly TokenLine[] | undefined;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {}

  get lines(): readonly string[] {
    return (this.split ??= this.text.split(/\r\n|\n|\r/));
  }

  /** The tokens of each line; a line that goes on with `\` has those of the lines it goes on in. */
  get tokens(): readonly TokenLine[] {
    return (this.lexed ??= tokenizeFile(this.text, this.file));
  }

  /** The text of a line from 0; empty outside of the file. */
  line(line: number): string {
    return this.lines[line] ?? '';
  }

  /** What is written at a span of this file. */
  at({ line, column, endColumn }: Span): string {
    return this.line(line - 1).slice(column - 1, endColumn - 1);
  }
}

export function rangeOf({ line, column, endColumn }: Span): Range {
  return {
    start: { line: line - 1, character: column - 1 },
    end: { line: line - 1, character: Math.max(column, endColumn) - 1 },
  };
}

export function placeOf(span: Span): Place {
  return { file: span.file, range: rangeOf(span) };
}

export function wholeLines(first: number, last: number, text: SourceText): Range {
  return {
    start: { line: first, character: 0 },
    end: { line: last, character: text.line(last).length },
  };
}

/** Whether a position lies in a span or right behind it, where the cursor stands after typing. */
export function touches(span: Span, { line, character }: Position): boolean {
  return span.line === line + 1 && span.column <= character + 1 && character < span.endColumn;
}

export const sameSpan = (a: Span, b: Span): boolean =>
  a.line === b.line && a.column === b.column && a.file === b.file;

export const keyOf = ({ file, line, column }: Location): string => `${line}:${column}:${file}`;

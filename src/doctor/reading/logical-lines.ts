import type { Place } from '../dump';
import type { Word } from './builder';

/** A piece of a logical line, and where it stood. */
interface Piece {
  /** Where it begins in the logical line. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
}

/** A line of a dump without what loggers and mail programs put before it, joined where mail broke it. */
export class LogicalLine {
  constructor(
    readonly text: string,
    private readonly pieces: readonly Piece[],
    /** What stood before it: a logger's or a mail program's. */
    readonly prefix: string,
    /** The text ends with it, without an end of the line. */
    readonly open: boolean,
  ) {}

  /** Where a character of the line stands in the text. */
  placeOf(offset: number): Place {
    const before = this.pieces.filter(({ start }) => start <= offset);
    const piece = before[before.length - 1] ?? { start: 0, line: 1, column: 1 };
    return { line: piece.line, column: piece.column + offset - piece.start };
  }

  /** A word of the line. */
  word(text: string, offset: number): Word {
    const place = this.placeOf(offset);
    const last = offset + text.length >= this.text.trimEnd().length;
    return { text, place, ...(this.open && last && { open: true }) };
  }

  /** The same line without the mark of a soft line break. */
  withoutMark(): LogicalLine {
    return this.text.endsWith('\u0000')
      ? new LogicalLine(this.text.slice(0, -1), this.pieces, this.prefix, this.open)
      : this;
  }

  /** The same line with a successor behind it. */
  joined(next: LogicalLine, separator: string): LogicalLine {
    const offset = this.text.length + separator.length;
    const moved = next.pieces.map((piece) => ({ ...piece, start: piece.start + offset }));
    return new LogicalLine(
      this.text + separator + next.text,
      [...this.pieces, ...moved],
      this.prefix,
      next.open,
    );
  }
}

/** What stands before a line: quoting of mails, time stamps, names of hosts and modules. */
const PREFIXES: readonly RegExp[] = [
  /^\s*[>|]/,
  /^\s*\(XEN\)/,
  /^\s*<\d+>/,
  /^\s*\[\s*\d+\.\d+\]/,
  /^\s*\d+\.\d+\]/,
  /^\s*\[\s*[TC]\d+(@\w+)?\]/,
  /^\s*\[(…|\.\.\.)\]/,
  /^\s*\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:.]+ \d{4}\]/,
  /^\s*\[\d{4}-\d\d-\d\d[ T][\d:.]+\]/,
  /^\s*[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ [\w.-]+(\[\d+\])?:/,
  /^\s*\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:?\d\d)? (\S+ )?[\w.-]+(\[\d+\])?:(?= )/,
  /^\s*(kvm_intel|kvm_amd|kvm|KVM|SVM|VMX|kernel):(?=\s)/,
];

function withoutPrefixes(text: string): number {
  let at = 0;
  for (;;) {
    const rest = text.slice(at);
    const found = PREFIXES.map((prefix) => prefix.exec(rest)?.[0].length ?? 0).find((n) => n > 0);
    if (found === undefined) return at;
    at += found;
  }
}

/** `=3D` and its kin, of mails in quoted-printable: the character, and blanks up to the old width. */
const decoded = (text: string): string =>
  text.replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));

/** A label whose value went into the next line: `DR7 =`, `shadow=0x…,`. */
const OPEN = /[\w)] ?=$|=\s?\S+,$/;
/** A value or a label of a dump's line that mail may have cut off from its beginning. */
const CONTINUATION = /^(0x[0-9a-f]+|[0-9a-f]{4,16}|shadow|gh_mask|attr|limit|base|SSP( TABLE)?)\b/;
/** A label that mail cut in two before its sign: `ActivityState` / `= 00000000`. */
const LATE_SIGN = /^=\s?(0x)?[0-9a-f]+/;

/** Characters of a line that are looked at: no printer makes longer ones, but whole JSON in one line. */
const LONGEST = { LINE: 20_000, JOINED: 400 } as const;

/** A line of which event it speaks, and what mail may have cut off from its end. */
const EVENT = /^ *(VMEntry|VMExit|IDTVectoring): /;
const REST_OF_EVENT = /^(errcode|ilen)=/;

/** What stands between two lines that belong together; undefined when they do not. */
function bond(line: LogicalLine, next: LogicalLine, quotedPrintable: boolean): string | undefined {
  if (line.text.length > LONGEST.JOINED) return undefined;
  const [text, following] = [line.text.trimEnd(), next.text.trimStart()];
  if (quotedPrintable && text.endsWith('\u0000')) return '';
  if (OPEN.test(text) && CONTINUATION.test(following)) return ' ';
  if (EVENT.test(text) && REST_OF_EVENT.test(following)) return ' ';
  if (/\w$/.test(text) && LATE_SIGN.test(following)) return ' ';
  return undefined;
}

/** The lines of a text as a dump's reader wants them. */
export function logicalLines(text: string): LogicalLine[] {
  const quotedPrintable = text.includes('=3D');
  const lines: LogicalLine[] = [];
  let last: LogicalLine | undefined;
  text.split(/\r\n|\n|\r/).forEach((raw, index, { length }) => {
    const next = cleaned(raw, index + 1, quotedPrintable, index === length - 1);
    const separator = last && bond(last, next, quotedPrintable);
    if (last && separator !== undefined) {
      last = last.withoutMark().joined(next, separator);
      lines[lines.length - 1] = last;
    } else {
      last = next;
      lines.push(next);
    }
  });
  return lines.map((line) => line.withoutMark());
}

/** A line of the text alone; a soft line break is marked by a NUL, which no dump prints. */
function cleaned(raw: string, line: number, quotedPrintable: boolean, open: boolean): LogicalLine {
  const visible = raw.slice(0, LONGEST.LINE).replaceAll('\u00a0', ' ').replaceAll('\u0000', ' ');
  const start = withoutPrefixes(visible);
  let text = visible.slice(start);
  if (quotedPrintable) text = decoded(text.replace(/=$/, '\u0000'));
  const prefix = visible.slice(0, start);
  return new LogicalLine(text, [{ start: 0, line, column: start + 1 }], prefix, open);
}

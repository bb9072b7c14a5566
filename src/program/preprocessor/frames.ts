import type { Span } from '../diagnostics';
import type { Token, TokenLine } from '../tokens';
import type { MacroCall } from './multi-line-macros';

/** An open `%if`. */
export interface Condition {
  readonly token: Token;
  /** Lines are taken now. */
  active: boolean;
  /** A branch was taken, so no later one will be. */
  done: boolean;
  /** `%else` was seen. */
  last: boolean;
  /** The surrounding lines were being taken. */
  readonly outer: boolean;
}

/** Where lines come from at the moment: a file, a macro's body, or the body of a `%rep`. */
export interface Frame {
  readonly kind: 'file' | 'macro' | 'repeat';
  readonly lines: readonly TokenLine[];
  index: number;
  /** The places of the macro calls that led here, outermost first. */
  readonly callers: readonly Span[];
  readonly conditions: Condition[];
  /** The macro call whose parameters are seen. */
  readonly call: MacroCall | undefined;
  /** Rounds left of a `%rep`. */
  rounds: number;
  readonly path: string;
  /** Where the lines come from, if `%line` has said so. */
  origin: LineOrigin | undefined;
  /** The number of the line being processed, whatever `%line` says. */
  line: number;
}

/** The line after `after` counts as `line` + `step` of `file` (as in NASM 2.16), and so on by `step`. */
export interface LineOrigin {
  readonly after: number;
  readonly line: number;
  readonly step: number;
  readonly file: string | undefined;
}

/** A line's tokens with the places that `%line` gives them. */
export function placedByOrigin(line: TokenLine, origin: LineOrigin): TokenLine {
  return line.map((token) => ({
    ...token,
    line: origin.line + (token.line - origin.after) * origin.step,
    file: origin.file ?? token.file,
  }));
}

export function makeFrame(
  kind: Frame['kind'],
  lines: readonly TokenLine[],
  path: string,
  callers: readonly Span[],
  call: MacroCall | undefined,
  rounds = 1,
): Frame {
  return {
    kind,
    lines,
    index: 0,
    callers,
    conditions: [],
    call,
    rounds,
    path,
    origin: undefined,
    line: 0,
  };
}

export const isActive = (frame: Frame): boolean =>
  frame.conditions[frame.conditions.length - 1]?.active ?? true;

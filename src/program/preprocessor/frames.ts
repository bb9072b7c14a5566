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
}

export function makeFrame(
  kind: Frame['kind'],
  lines: readonly TokenLine[],
  path: string,
  callers: readonly Span[],
  call: MacroCall | undefined,
  rounds = 1,
): Frame {
  return { kind, lines, index: 0, callers, conditions: [], call, rounds, path };
}

export const isActive = (frame: Frame): boolean =>
  frame.conditions[frame.conditions.length - 1]?.active ?? true;

import * as l10n from '@vscode/l10n';
import { FatalError, SourceError } from '../diagnostics';
import type { Token } from '../tokens';
import { parseConditional } from './conditionals';
import { isActive, type Condition, type Frame } from './frames';
import type { Preprocessor } from './preprocessor';

/** Handles `%if` and its kin (NASM manual 4.4); false when the directive is another one. */
export function conditionalLine(
  p: Preprocessor,
  frame: Frame,
  token: Token,
  line: readonly Token[],
): boolean {
  const text = token.text.toLowerCase();
  if (text === '%endif') {
    openCondition(frame, token);
    frame.conditions.pop();
    return true;
  }
  if (text === '%else') {
    otherwise(p, openCondition(frame, token), token);
    return true;
  }
  const found = parseConditional(text);
  if (!found) return false;
  /** Undefined where the condition has no value. */
  const test = (): boolean | undefined => {
    const args = p.ownTokens(frame, line).slice(1);
    try {
      return found.test(p, args, token) !== found.negative;
    } catch (error) {
      if (!(error instanceof SourceError) || error instanceof FatalError) throw error;
      if (found.isElse) {
        const what = error.message;
        p.warn(
          l10n.t('{0}; as in NASM, neither this branch nor one after it is taken', what),
          error.span ?? token,
        );
      } else {
        p.report('error', error.message, error.span ?? token);
      }
      return undefined;
    }
  };
  if (found.isElse) {
    elseIf(p, openCondition(frame, token), token, test);
    return true;
  }
  const outer = isActive(frame);
  const active = outer && (test() ?? false);
  frame.conditions.push({ token, active, done: active, last: false, outer });
  return true;
}

function openCondition(frame: Frame, token: Token): Condition {
  const top = frame.conditions[frame.conditions.length - 1];
  if (top) return top;
  throw new SourceError(
    l10n.t('`{0}` without an `%if` before it', token.text.toLowerCase()),
    token,
  );
}

/** NASM only warns of a second `%else`, and of an `%elif` behind it, and takes neither. */
function otherwise(p: Preprocessor, top: Condition, token: Token): void {
  if (top.last) {
    if (top.outer) p.warn(l10n.t('a second `%else` for the same `%if`'), token);
    top.active = false;
    return;
  }
  top.active = top.outer && !top.done;
  top.done = top.last = true;
}

function elseIf(
  p: Preprocessor,
  top: Condition,
  token: Token,
  test: () => boolean | undefined,
): void {
  if (top.last) {
    if (top.outer) p.warn(l10n.t('`{0}` after `%else`', token.text.toLowerCase()), token);
    top.active = false;
    return;
  }
  const held = top.outer && !top.done && test();
  top.active = held ?? false;
  top.done ||= held ?? true;
}

import * as l10n from '@vscode/l10n';
import { SourceError } from '../diagnostics';
import { isOp, type Token } from '../tokens';
import { makeFrame, type Frame } from './frames';
import {
  callParameters,
  completeParameters,
  takes,
  type MacroCall,
  type MultiLineMacro,
} from './multi-line-macros';
import type { Preprocessor } from './preprocessor';

interface Found {
  readonly label: readonly Token[];
  readonly name: Token;
  readonly macros: readonly MultiLineMacro[];
  readonly rest: readonly Token[];
}

/** The macro's name at the start of a line or after a label, `label` or `label:`. */
function findCall(p: Preprocessor, tokens: readonly Token[]): Found | undefined {
  for (let at = 0; at < 3; at++) {
    const name = tokens[at];
    if (at > 0 && isOp(name, ':')) continue;
    if (name?.kind !== 'id') return undefined;
    const macros = p.multiLine.callable(name.text);
    if (macros.length > 0)
      return { label: tokens.slice(0, at), name, macros, rest: tokens.slice(at + 1) };
    if (at > 0) return undefined;
  }
  return undefined;
}

/** A macro with the arguments that a call gives it. */
interface Choice {
  readonly macro: MultiLineMacro;
  readonly given: readonly Token[][];
}

/** The macro that takes so many arguments; of an empty one at the end NASM thinks better. */
function chooseMacro(p: Preprocessor, { name, macros, rest }: Found, blank: boolean): Choice {
  const given = callParameters(rest);
  const count = given.length;
  const taking = (n: number): MultiLineMacro | undefined => macros.find((m) => takes(m, n));
  const macro = taking(count);
  const emptyEnd = count > 1 && isOp(rest[rest.length - 1], ',');
  if (macro && !emptyEnd) return { macro, given };
  if (macro) {
    const byDefault = count > macro.minimum ? macro.defaults[count - macro.minimum - 1] : undefined;
    if (byDefault) return { macro, given: [...given.slice(0, -1), [...byDefault]] };
  }
  const lenient = macro ?? (emptyEnd ? taking(count - 1) : blank ? taking(1) : undefined);
  if (!lenient)
    throw new SourceError(
      l10n.t('the macro `{0}` exists, but does not take {1} parameter(s)', name.text, count),
      name,
    );
  p.warn(
    l10n.t(
      'the last argument of `{0}` is empty, so it is not counted, as in NASM; `{}` is an empty argument',
      name.text,
    ),
    name,
  );
  return { macro: lenient, given: given.slice(0, -1) };
}

/**
 * Starts a macro call when the line is one (perhaps with a label before it).
 * @param blank whether something stood in the line that came to nothing, as an empty parameter of the macro around it
 */
export function startMacroCall(
  p: Preprocessor,
  frame: Frame,
  tokens: readonly Token[],
  blank: boolean,
): boolean {
  const found = findCall(p, tokens);
  if (!found) return false;
  const { name, label } = found;
  const { macro, given } = chooseMacro(p, found, blank);
  p.host.recorder?.use('macro', macro.name, name, macro.span);
  const call: MacroCall = {
    macro,
    parameters: completeParameters(macro, given, name),
    label: label.filter((t) => t.kind === 'id'),
    name,
    unique: p.nextUnique(),
  };
  const usesLabel = macro.body.some((line) => line.some((t) => t.text === '%00'));
  const [own] = label;
  if (own && !usesLabel) p.giveFirst([own, { ...own, kind: 'op', text: ':', space: false }]);
  const { place } = p;
  const here =
    place && place.file === name.file && place.line === name.line ? name : (place ?? name);
  p.push(makeFrame('macro', macro.body, frame.path, [...frame.callers, here], call));
  macro.active++;
  return true;
}

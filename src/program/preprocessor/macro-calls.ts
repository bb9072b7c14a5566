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

/** Starts a macro call when the line is one (perhaps with a label before it). */
export function startMacroCall(p: Preprocessor, frame: Frame, tokens: readonly Token[]): boolean {
  const found = findCall(p, tokens);
  if (!found) return false;
  const { name, label } = found;
  const given = callParameters(found.rest);
  const macro = found.macros.find((m) => takes(m, given.length));
  if (!macro) {
    throw new SourceError(
      l10n.t('the macro `{0}` exists, but does not take {1} parameter(s)', name.text, given.length),
      name,
    );
  }
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

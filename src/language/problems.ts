import * as l10n from '@vscode/l10n';
import type { Diagnostic, Severity } from '../program';
import { isKeyword } from '../program/parser';
import { registerOf } from '../program/x86/registers';
import type { Analysis } from './analysis';
import { foreignDialect } from './dialect';
import { placeOf, rangeOf, type Place, type Range, type SourceText } from './text';

/** A message about a file, as editors show it. */
export interface Problem {
  readonly range: Range;
  readonly severity: Severity;
  readonly message: string;
  readonly related: readonly { readonly place: Place; readonly message: string }[];
}

/** The messages about a program, by file: an empty list for a file that is in order. */
export function problemsOf(analysis: Analysis): Map<string, Problem[]> {
  const all = new Map<string, Problem[]>();
  for (const file of analysis.texts.keys()) all.set(file, []);
  const root = analysis.texts.get(analysis.root);
  const foreign = root && foreignDialect(root.lines);
  if (foreign) {
    all.set(analysis.root, [foreignProblem(root, foreign.line, foreign.dialect)]);
    return all;
  }
  const fragment = isFragment(analysis.root);
  for (const diagnostic of analysis.assembly.diagnostics) {
    const text = analysis.texts.get(diagnostic.file);
    if (fragment && text && isUnknownName(diagnostic, text)) continue;
    const list = all.get(diagnostic.file) ?? [];
    list.push(problem(diagnostic));
    all.set(diagnostic.file, list);
  }
  return all;
}

function problem(diagnostic: Diagnostic): Problem {
  const related = (diagnostic.related ?? []).map(({ message, ...at }) => ({
    place: placeOf({ ...at, endColumn: at.column }),
    message,
  }));
  const { severity, message } = diagnostic;
  return { range: rangeOf(diagnostic), severity, message, related };
}

function foreignProblem(text: SourceText, line: number, dialect: string): Problem {
  const end = text.line(line).length;
  return {
    range: { start: { line, character: 0 }, end: { line, character: end } },
    severity: 'information',
    message: l10n.t(
      'This looks like {0}. Ringside assembles NASM; it does not check this file.',
      dialect,
    ),
    related: [],
  };
}

/** By its name a file to be included; assembled alone only because nothing in the workspace includes it. */
const isFragment = (file: string): boolean => /\.(inc|mac|h)$/i.test(file);

/** Whether a message is about a name, which the program that includes the fragment may well define. */
function isUnknownName(diagnostic: Diagnostic, text: SourceText): boolean {
  const token = (text.tokens[diagnostic.line - 1] ?? []).find(
    (t) => t.column === diagnostic.column,
  );
  const word = token?.text.toLowerCase() ?? '';
  return token?.kind === 'id' && !isKeyword(word) && registerOf(word) === undefined;
}

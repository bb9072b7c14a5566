import * as vscode from 'vscode';
import { expressionAt } from './expression-at';
import { inlineValues } from './inline-values';
import { ASSEMBLY_SELECTOR } from './languages';

/** What the editor asks about assembly while a guest is being debugged. */
export function registerLanguageSupport(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerEvaluatableExpressionProvider(ASSEMBLY_SELECTOR, {
      provideEvaluatableExpression(document, position) {
        const text = (line: number): string => document.lineAt(line).text;
        const found = expressionAt(text, position.line, position.character);
        if (!found) return undefined;
        const { line } = position;
        const range = new vscode.Range(line, found.start, line, found.end);
        return new vscode.EvaluatableExpression(range, found.expression);
      },
    }),
    vscode.languages.registerInlineValuesProvider(ASSEMBLY_SELECTOR, inlineValues),
  );
}

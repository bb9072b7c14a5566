import * as vscode from 'vscode';
import type { Platform } from '../platform';
import { LanguageClient } from './client';
import { Colours } from './colours';
import { expressionAt } from './expression-at';
import { inlineValues } from './inline-values';
import { ASSEMBLY_SELECTOR } from './languages';
import { LiveDiagnostics } from './live-diagnostics';
import { registerReading } from './reading';
import { registerWriting } from './writing';

/** What the editor asks about assembly. */
export class LanguageSupport implements vscode.Disposable {
  readonly diagnostics: LiveDiagnostics;
  private readonly parts: vscode.Disposable;

  constructor(platform: Platform) {
    const client = new LanguageClient(() => platform.loadLanguage());
    const colours = new Colours(client);
    this.diagnostics = new LiveDiagnostics(client, () => {
      colours.refresh();
    });
    this.parts = vscode.Disposable.from(
      client,
      colours,
      this.diagnostics,
      registerReading(client),
      registerWriting(client),
      registerWhileDebugging(),
    );
  }

  dispose(): void {
    this.parts.dispose();
  }
}

/** What the editor asks while a guest is being debugged. */
function registerWhileDebugging(): vscode.Disposable {
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

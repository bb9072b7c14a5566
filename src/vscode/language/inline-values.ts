import * as vscode from 'vscode';
import { mnemonicIndex, tokensOf } from './expression-at';
import { isRegister } from './registers';

/** Registers of the line that is next and of a few before it: older mentions would only distract. */
const LINES = 12;
/** Above a label that is not local stands other code, with other things in the registers. */
const BEGINNING = /^\s*[A-Za-z_?@$][\w.?@~#$]*:/;

/** Shows the present values of registers beside the lines that use them, each once: where last named. */
export const inlineValues: vscode.InlineValuesProvider = {
  provideInlineValues(document, viewport, context) {
    const last = context.stoppedLocation.end.line;
    const first = Math.max(viewport.start.line, last - LINES);
    const seen = new Set<string>();
    const values: vscode.InlineValue[] = [];
    for (let line = last; line >= first; line--) {
      const { text: code } = document.lineAt(line);
      const tokens = tokensOf(code);
      const operands = tokens.slice(mnemonicIndex(tokens) + 1);
      for (const { text, column, kind } of operands) {
        const name = text.toLowerCase();
        if (kind !== 'id' || !isRegister(name) || seen.has(name)) continue;
        seen.add(name);
        const range = new vscode.Range(line, column - 1, line, column - 1 + text.length);
        values.push(new vscode.InlineValueEvaluatableExpression(range, text));
      }
      if (BEGINNING.test(code)) break;
    }
    return values;
  },
};

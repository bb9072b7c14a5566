import * as vscode from 'vscode';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../../language/token-types';
import type { LanguageClient } from './client';
import { NASM_SELECTOR } from './languages';

const LEGEND = new vscode.SemanticTokensLegend([...TOKEN_TYPES], [...TOKEN_MODIFIERS]);

/** Colours by what names mean, over those of the grammar. */
export class Colours implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;

  constructor(client: LanguageClient) {
    const provider: vscode.DocumentSemanticTokensProvider = {
      onDidChangeSemanticTokens: this.changed.event,
      provideDocumentSemanticTokens: async (document, token) => {
        const tokens = await client.ask(document, token, (s, file) => s.semanticTokens(file));
        if (!tokens) return undefined;
        const builder = new vscode.SemanticTokensBuilder(LEGEND);
        for (const { line, character, length, type, modifiers } of tokens)
          builder.push(new vscode.Range(line, character, line, character + length), type, [
            ...modifiers,
          ]);
        return builder.build();
      },
    };
    this.subscription = vscode.languages.registerDocumentSemanticTokensProvider(
      NASM_SELECTOR,
      provider,
      LEGEND,
    );
  }

  /** Names may mean something else now, in files that have not changed themselves. */
  refresh(): void {
    this.changed.fire();
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

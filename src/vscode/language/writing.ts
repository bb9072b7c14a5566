import * as vscode from 'vscode';
import type {
  CompletionItem,
  FormatOptions,
  ItemKind,
  LanguageService,
  Range,
} from '../../language';
import { fromRange, toPosition, toRange, type LanguageClient } from './client';
import { uriOf } from './editor-files';
import { NASM_SELECTOR } from './languages';
import { toMarkdown } from './reading';

const { CompletionItemKind } = vscode;

const KINDS: Readonly<Record<ItemKind, vscode.CompletionItemKind>> = {
  instruction: CompletionItemKind.Operator,
  directive: CompletionItemKind.Keyword,
  register: CompletionItemKind.Variable,
  label: CompletionItemKind.Function,
  data: CompletionItemKind.Field,
  constant: CompletionItemKind.Constant,
  structure: CompletionItemKind.Struct,
  field: CompletionItemKind.Property,
  macro: CompletionItemKind.Method,
  define: CompletionItemKind.Constant,
  section: CompletionItemKind.Module,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
  word: CompletionItemKind.Keyword,
};

/** A completion that knows where to ask for more. */
class Item extends vscode.CompletionItem {
  constructor(
    readonly document: vscode.TextDocument,
    readonly own: CompletionItem,
  ) {
    const { label, detail, kind, range, sort } = own;
    super(detail === '' ? label : { label, description: detail }, KINDS[kind]);
    this.range = toRange(range);
    this.sortText = sort;
    this.filterText = label;
  }
}

/** What helps to write: completions, signatures, rename and formatting. */
export function registerWriting(client: LanguageClient): vscode.Disposable {
  const { languages } = vscode;
  const completion: vscode.CompletionItemProvider<Item> = {
    provideCompletionItems: async (document, position, token) =>
      (
        await client.ask(document, token, (s, file) => s.completions(file, toPosition(position)))
      )?.map((item) => new Item(document, item)),
    resolveCompletionItem: async (item, token) => {
      const { document, own } = item;
      const more = await client.ask(document, token, (s, file) =>
        s.describe(file, own.range.start.line, own.label, own.kind),
      );
      if (more !== undefined) item.documentation = toMarkdown(more);
      return item;
    },
  };
  return vscode.Disposable.from(
    languages.registerCompletionItemProvider(NASM_SELECTOR, completion, '.', '%', '"', "'", '/'),
    registerSignatures(client),
    registerRename(client),
    registerFixes(client),
    registerFormatting(client),
  );
}

function registerSignatures(client: LanguageClient): vscode.Disposable {
  const provider: vscode.SignatureHelpProvider = {
    provideSignatureHelp: async (document, position, token, context) => {
      const asked =
        context.triggerKind === vscode.SignatureHelpTriggerKind.Invoke || context.isRetrigger;
      const found = await client.ask(document, token, (s, file) =>
        s.signature(file, toPosition(position), asked),
      );
      if (!found) return undefined;
      const help = new vscode.SignatureHelp();
      help.signatures = found.signatures.map(({ label, parameters, documentation }) => {
        const signature = new vscode.SignatureInformation(label, documentation);
        signature.parameters = parameters.map(
          ([start, end]) => new vscode.ParameterInformation([start, end]),
        );
        return signature;
      });
      help.activeSignature = found.active;
      help.activeParameter = found.parameter;
      return help;
    },
  };
  const triggers = { triggerCharacters: [' ', ',', '('], retriggerCharacters: [','] };
  return vscode.languages.registerSignatureHelpProvider(NASM_SELECTOR, provider, triggers);
}

function registerRename(client: LanguageClient): vscode.Disposable {
  return vscode.languages.registerRenameProvider(NASM_SELECTOR, {
    prepareRename: async (document, position, token) => {
      const found = await client.ask(document, token, (s, file) =>
        s.prepareRename(file, toPosition(position)),
      );
      return found && { range: toRange(found.range), placeholder: found.placeholder };
    },
    provideRenameEdits: async (document, position, name, token) => {
      const edits = await client.ask(document, token, (s, file) =>
        s.rename(file, toPosition(position), name),
      );
      if (!edits) return undefined;
      const all = new vscode.WorkspaceEdit();
      for (const { place, text } of edits)
        all.replace(uriOf(place.file), toRange(place.range), text);
      return all;
    },
  });
}

function registerFixes(client: LanguageClient): vscode.Disposable {
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: async (document, _range, { diagnostics }, token) => {
      const actions: vscode.CodeAction[] = [];
      for (const diagnostic of diagnostics.filter(({ source }) => source === 'ringside')) {
        const { start } = diagnostic.range;
        const fixes = await client.ask(document, token, (s, file) =>
          s.fixes(file, toPosition(start)),
        );
        for (const [n, { title, edit }] of (fixes ?? []).entries()) {
          const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
          action.edit = new vscode.WorkspaceEdit();
          action.edit.replace(uriOf(edit.place.file), toRange(edit.place.range), edit.text);
          action.diagnostics = [diagnostic];
          action.isPreferred = n === 0;
          actions.push(action);
        }
      }
      return actions;
    },
  };
  return vscode.languages.registerCodeActionsProvider(NASM_SELECTOR, provider, kinds);
}

function registerFormatting(client: LanguageClient): vscode.Disposable {
  const format = async (
    document: vscode.TextDocument,
    editor: vscode.FormattingOptions,
    token: vscode.CancellationToken,
    range?: Range,
  ): Promise<vscode.TextEdit[] | undefined> => {
    const ask = (s: LanguageService, file: string) =>
      s.format(file, formatOptions(document, editor), range);
    const edits = await client.ask(document, token, ask);
    return edits?.map((edit) => new vscode.TextEdit(toRange(edit.range), edit.text));
  };
  return vscode.Disposable.from(
    vscode.languages.registerDocumentFormattingEditProvider(NASM_SELECTOR, {
      provideDocumentFormattingEdits: (document, options, token) =>
        format(document, options, token),
    }),
    vscode.languages.registerDocumentRangeFormattingEditProvider(NASM_SELECTOR, {
      provideDocumentRangeFormattingEdits: (document, range, options, token) =>
        format(document, options, token, fromRange(range)),
    }),
  );
}

function formatOptions(
  document: vscode.TextDocument,
  editor: vscode.FormattingOptions,
): FormatOptions {
  const settings = vscode.workspace.getConfiguration('ringside.format', document.uri);
  return {
    mnemonicColumn: settings.get('mnemonicColumn', 0),
    operandColumn: settings.get('operandColumn', 0),
    commentColumn: settings.get('commentColumn', 0),
    spaceAfterComma: settings.get('spaceAfterComma', true),
    tabSize: editor.tabSize,
    insertSpaces: editor.insertSpaces,
  };
}

import * as vscode from 'vscode';
import type { OutlineItem, OutlineKind } from '../../language';
import { toLocation, toPosition, toRange, type LanguageClient } from './client';
import { uriOf } from './editor-files';
import { NASM_SELECTOR } from './languages';

const KINDS: Readonly<Record<OutlineKind, vscode.SymbolKind>> = {
  section: vscode.SymbolKind.Namespace,
  code: vscode.SymbolKind.Function,
  data: vscode.SymbolKind.Variable,
  local: vscode.SymbolKind.Key,
  constant: vscode.SymbolKind.Constant,
  structure: vscode.SymbolKind.Struct,
  field: vscode.SymbolKind.Field,
  macro: vscode.SymbolKind.Method,
  define: vscode.SymbolKind.Property,
};

/** What helps to read: hovers, going to definitions and uses, the outline, folding. */
export function registerReading(client: LanguageClient): vscode.Disposable {
  const { languages } = vscode;
  return vscode.Disposable.from(
    languages.registerHoverProvider(NASM_SELECTOR, {
      provideHover: async (document, position, token) => {
        const hover = await client.ask(document, token, (s, file) =>
          s.hover(file, toPosition(position)),
        );
        return hover && new vscode.Hover(toMarkdown(hover.markdown), toRange(hover.range));
      },
    }),
    languages.registerDefinitionProvider(NASM_SELECTOR, {
      provideDefinition: async (document, position, token) =>
        (
          await client.ask(document, token, (s, file) => s.definitions(file, toPosition(position)))
        )?.map(toLocation),
    }),
    languages.registerReferenceProvider(NASM_SELECTOR, {
      provideReferences: async (document, position, { includeDeclaration }, token) =>
        (
          await client.ask(document, token, (s, file) =>
            s.references(file, toPosition(position), includeDeclaration),
          )
        )?.map(toLocation),
    }),
    languages.registerDocumentHighlightProvider(NASM_SELECTOR, {
      provideDocumentHighlights: async (document, position, token) =>
        (
          await client.ask(document, token, (s, file) => s.highlights(file, toPosition(position)))
        )?.map(
          ({ place, definition }) =>
            new vscode.DocumentHighlight(
              toRange(place.range),
              definition ? vscode.DocumentHighlightKind.Write : vscode.DocumentHighlightKind.Read,
            ),
        ),
    }),
    languages.registerDocumentSymbolProvider(NASM_SELECTOR, {
      provideDocumentSymbols: async (document, token) =>
        (await client.ask(document, token, (s, file) => s.outline(file)))?.map(toSymbol),
    }),
    languages.registerWorkspaceSymbolProvider({
      provideWorkspaceSymbols: async (query) =>
        (await (await client.get()).workspaceSymbols(query)).map(
          ({ name, kind, container, place }) =>
            new vscode.SymbolInformation(name, KINDS[kind], container, toLocation(place)),
        ),
    }),
    languages.registerFoldingRangeProvider(NASM_SELECTOR, {
      provideFoldingRanges: async (document, _context, token) =>
        (await client.ask(document, token, (s, file) => s.folds(file)))?.map(
          ({ start, end, kind }) =>
            new vscode.FoldingRange(start, end, kind && vscode.FoldingRangeKind.Comment),
        ),
    }),
    languages.registerDocumentLinkProvider(NASM_SELECTOR, {
      provideDocumentLinks: async (document, token) =>
        (await client.ask(document, token, (s, file) => s.links(file)))?.map(
          ({ range, target }) => new vscode.DocumentLink(toRange(range), uriOf(target)),
        ),
    }),
  );
}

/** Markdown of ours: with icons, without links that do something. */
export function toMarkdown(text: string): vscode.MarkdownString {
  return new vscode.MarkdownString(text, true);
}

function toSymbol(item: OutlineItem): vscode.DocumentSymbol {
  const { name, detail, kind, range, selection, children } = item;
  const symbol = new vscode.DocumentSymbol(
    name,
    detail,
    KINDS[kind],
    toRange(range),
    toRange(selection),
  );
  symbol.children = children.map(toSymbol);
  return symbol;
}

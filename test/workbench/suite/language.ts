import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  edit,
  lineOf,
  openFile,
  start,
  stopAfter,
  stopDebugging,
  until,
  workspaceUri,
} from './session';

const MAIN = 'language/main.asm';

/** The position of a text in the document, `into` characters behind its beginning. */
function at(document: vscode.TextDocument, text: string, into = 1): vscode.Position {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `"${text}" is in ${document.fileName}`);
  return document.positionAt(offset + into);
}

/** Asks a provider, as the editor does. */
function ask<T>(command: string, ...args: unknown[]): Promise<T> {
  return Promise.resolve(vscode.commands.executeCommand<T>(`vscode.execute${command}`, ...args));
}

async function hoverText(
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<string> {
  const hovers = await ask<vscode.Hover[]>('HoverProvider', document.uri, position);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

async function completions(
  document: vscode.TextDocument,
  position: vscode.Position,
  resolved = 0,
): Promise<vscode.CompletionItem[]> {
  const list = await ask<vscode.CompletionList>(
    'CompletionItemProvider',
    document.uri,
    position,
    undefined,
    resolved,
  );
  return list.items;
}

const labelOf = ({ label }: vscode.CompletionItem): string =>
  typeof label === 'string' ? label : label.label;

/** Places as `file:line text`, counted from 1. */
async function shown(locations: readonly vscode.Location[]): Promise<string[]> {
  const rows = [];
  for (const { uri, range } of locations) {
    const document = await vscode.workspace.openTextDocument(uri);
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    rows.push(`${name}:${range.start.line + 1} ${document.getText(range)}`.trim());
  }
  return rows.sort();
}

/** A file that is not saved. A new one may inherit the name of one just closed, whose end then comes late. */
function untitled(content: string): Promise<vscode.TextDocument> {
  return until('an untitled file', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'nasm', content });
    await vscode.window.showTextDocument(document);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return !document.isClosed && document.getText() === content ? document : undefined;
  });
}

/** Closes everything, unsaved texts included, and waits until it is gone. */
async function closeEditors(): Promise<void> {
  await until('closed editors', async () => {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    if (tabs.length === 0) return true;
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    return undefined;
  });
}

async function problemsOf(
  uri: vscode.Uri,
  wanted: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return until('the problems', () => {
    const found = vscode.languages.getDiagnostics(uri);
    return wanted(found) ? found : undefined;
  });
}

export function languageSuite(): void {
  describe('language', () => {
    afterEach(async () => {
      await closeEditors();
    });

    it('finds errors while one types, and takes them back', async () => {
      const document = await untitled('start: mov ax, 1\n');
      const { uri } = document;
      const end = new vscode.Range(1, 0, 1, 0);
      await edit(document, end, '        vmlanch\n        mov eax, nowhere\n');
      const problems = await problemsOf(uri, ({ length }) => length === 2);
      assert.match(problems[0]?.message ?? '', /did you mean `vmlaunch`/);
      assert.deepEqual(problems[0]?.range, new vscode.Range(1, 8, 1, 15));
      const actions = await ask<vscode.CodeAction[]>(
        'CodeActionProvider',
        uri,
        problems[0]?.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const [fix] = actions.flatMap((action) => action.edit?.get(uri) ?? []);
      assert.equal(fix?.newText, 'vmlaunch');
      await edit(document, new vscode.Range(1, 0, 3, 0), '');
      await problemsOf(uri, ({ length }) => length === 0);
    });

    it('reads a part in the program that includes it', async () => {
      const { document } = await openFile('language/part.inc');
      assert.equal(document.languageId, 'nasm');
      const found = await ask<vscode.Location[]>(
        'DefinitionProvider',
        document.uri,
        at(document, 'COUNT'),
      );
      assert.deepEqual(await shown(found), ['main.asm:6 COUNT']);
      // Long enough for messages, if there were any.
      await new Promise((resolve) => setTimeout(resolve, 800));
      assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    });

    it('does not speak of other languages, and not of other assemblers', async () => {
      const gas = await vscode.workspace.openTextDocument({
        language: 'plaintext',
        content: 'mvo ax, 1',
      });
      const masm = await untitled(
        '.model small\n.code\nmain proc\nmov ax, @data\nmain endp\nend main\n',
      );
      const found = await problemsOf(masm.uri, ({ length }) => length > 0);
      assert.deepEqual(
        found.map(({ severity }) => severity),
        [vscode.DiagnosticSeverity.Information],
      );
      assert.deepEqual(vscode.languages.getDiagnostics(gas.uri), []);
    });

    it('explains instructions, registers and names', async () => {
      const { document } = await openFile(MAIN);
      const sgdt = await hoverText(document, at(document, 'sgdt'));
      assert.match(sgdt, /Stores the GDT register/);
      assert.match(sgdt, /Sensitive/);
      assert.match(sgdt, /Descriptor-table exiting.*exit 46/);
      assert.match(await hoverText(document, at(document, 'cpuid')), /always exits.*\n.*072h/);
      assert.match(await hoverText(document, at(document, 'mov cx', 5)), /Counter/);
      assert.match(
        await hoverText(document, at(document, 'jmp start', 5)),
        /label in section.*0x7c0/,
      );
      assert.match(
        await hoverText(document, at(document, 'call helper', 6)),
        /part\\?\.inc, line 2/,
      );
    });

    it('completes mnemonics of the mode, registers, names, directives and files', async () => {
      const document = await untitled(
        '        bits 16\nhello:  nop\n.local: nop\n        \n%include "\n',
      );
      const line = new vscode.Position(3, 8);
      const type = async (text: string): Promise<string[]> => {
        await edit(document, document.lineAt(3).range, `        ${text}`);
        return (await completions(document, line.translate(0, text.length))).map(labelOf);
      };
      const inReal = await type('pus');
      assert.ok(inReal.includes('pusha') && !inReal.includes('pushfq'));
      const operands = await type('mov ');
      for (const word of ['ax', 'hello', '.local', 'word'])
        assert.ok(operands.includes(word), word);
      assert.ok(!operands.includes('rax'));
      assert.ok((await type('%if')).includes('%ifdef'));
      const items = await completions(document, new vscode.Position(4, 10));
      assert.ok(items.map(labelOf).includes('loop.asm'), 'files of the workspace');
    });

    it('tells more about a completion', async () => {
      const document = await untitled('        cpu\n');
      const items = await completions(document, new vscode.Position(0, 11), 2000);
      const cpuid = items.find((item) => labelOf(item) === 'cpuid');
      const text = (cpuid?.documentation as vscode.MarkdownString | undefined)?.value ?? '';
      assert.match(text, /\*\*CPUID\*\*/);
    });

    it('goes to definitions: labels, macros, fields, other files', async () => {
      const { document } = await openFile(MAIN);
      const go = async (text: string, into = 1): Promise<string[]> =>
        shown(
          await ask<vscode.Location[]>(
            'DefinitionProvider',
            document.uri,
            at(document, text, into),
          ),
        );
      assert.deepEqual(await go('loop .again', 6), ['main.asm:21 .again']);
      assert.deepEqual(await go("put 'x'"), ['main.asm:10 put']);
      assert.deepEqual(await go('task.name', 6), ['main.asm:17 .name']);
      assert.deepEqual(await go('call helper', 6), ['part.inc:2 helper']);
      assert.deepEqual(await go('"part.inc"', 2), ['part.inc:1']);
    });

    it('finds references across files, and highlights those in this one', async () => {
      const { document } = await openFile(MAIN);
      const position = at(document, 'COUNT   equ');
      const found = await ask<vscode.Location[]>('ReferenceProvider', document.uri, position);
      assert.deepEqual(await shown(found), [
        'main.asm:20 COUNT',
        'main.asm:6 COUNT',
        'part.inc:2 COUNT',
      ]);
      const highlights = await ask<vscode.DocumentHighlight[]>(
        'DocumentHighlights',
        document.uri,
        position,
      );
      assert.equal(highlights.length, 2);
      const start = await ask<vscode.Location[]>(
        'ReferenceProvider',
        document.uri,
        at(document, 'start:  mov'),
      );
      assert.equal(start.length, 4, 'also in a line that is not assembled');
    });

    it('renames across files, and refuses registers and names that are taken', async () => {
      const { document } = await openFile(MAIN);
      const position = at(document, 'COUNT   equ');
      const edit = await ask<vscode.WorkspaceEdit>(
        'DocumentRenameProvider',
        document.uri,
        position,
        'TIMES_',
      );
      const counts = edit
        .entries()
        .map(([uri, edits]) => [uri.path.split('/').pop(), edits.length]);
      assert.deepEqual(counts.sort(), [
        ['main.asm', 2],
        ['part.inc', 1],
      ]);
      const refused = (place: vscode.Position, name: string): Promise<string> =>
        ask('DocumentRenameProvider', document.uri, place, name).then(
          () => '',
          (error: unknown) => String(error),
        );
      assert.match(await refused(position, 'start'), /already defined/);
      assert.match(await refused(at(document, 'mov cx', 5), 'x'), /register/);
    });

    it('outlines a file and finds symbols of the workspace', async () => {
      const { document } = await openFile(MAIN);
      const rows = await ask<vscode.DocumentSymbol[]>('DocumentSymbolProvider', document.uri);
      const named = (name: string): vscode.DocumentSymbol | undefined =>
        rows.find((r) => r.name === name);
      assert.deepEqual(
        named('start')?.children.map(({ name }) => name),
        ['.again'],
      );
      assert.deepEqual(
        named('task')?.children.map(({ name }) => name),
        ['.pid', '.name'],
      );
      assert.equal(named('put')?.kind, vscode.SymbolKind.Method);
      assert.deepEqual(
        named('.data')?.children.map(({ name }) => name),
        ['descriptor'],
      );
      const symbols = await ask<vscode.SymbolInformation[]>('WorkspaceSymbolProvider', 'helper');
      assert.ok(symbols.some(({ name }) => name === 'helper'));
      // Of a program that is not open.
      const far = await ask<vscode.SymbolInformation[]>('WorkspaceSymbolProvider', 'ask_the_proc');
      assert.ok(far.some(({ name }) => name === 'ask_the_processor'));
    });

    it('colours names by their meaning', async () => {
      const { document } = await openFile(MAIN);
      const provide = <T>(what: string): Promise<T> =>
        Promise.resolve(
          vscode.commands.executeCommand<T>(`vscode.provideDocument${what}`, document.uri),
        );
      const legend = await provide<vscode.SemanticTokensLegend>('SemanticTokensLegend');
      const { data } = await provide<vscode.SemanticTokens>('SemanticTokens');
      const types = new Set<string | undefined>();
      for (let i = 3; i < data.length; i += 5) types.add(legend.tokenTypes[data[i] ?? -1]);
      for (const type of [
        'function',
        'variable',
        'macro',
        'enumMember',
        'struct',
        'property',
        'comment',
      ])
        assert.ok(types.has(type), type);
    });

    it('folds procedures, macros and conditions', async () => {
      const { document } = await openFile(MAIN);
      const folds = await ask<vscode.FoldingRange[]>('FoldingRangeProvider', document.uri);
      const starts = folds.map(
        ({ start: line }) => document.lineAt(line).text.trim().split(/\s+/)[0],
      );
      for (const word of ['%macro', 'struc', 'start:', '%ifdef'])
        assert.ok(starts.includes(word), word);
    });

    it('shows the parameters of macros, and the forms of instructions', async () => {
      const { document } = await openFile(MAIN);
      const help = await ask<vscode.SignatureHelp>(
        'SignatureHelpProvider',
        document.uri,
        at(document, "put 'x'", 5),
      );
      assert.equal(help.signatures[0]?.label, 'put %1, [%2 = 0]');
      assert.match(String(help.signatures[0]?.documentation), /Puts a character/);
      const forms = await ask<vscode.SignatureHelp>(
        'SignatureHelpProvider',
        document.uri,
        at(document, 'mov cx', 5),
      );
      assert.ok(forms.signatures.some(({ label }) => label === 'mov r16, imm16'));
    });

    it('formats into columns, also an untitled file and a range', async () => {
      const { document } = await openFile('language/messy.asm');
      const options = { tabSize: 8, insertSpaces: true };
      const edits = await ask<vscode.TextEdit[]>('FormatDocumentProvider', document.uri, options);
      const edit = new vscode.WorkspaceEdit();
      edit.set(document.uri, edits);
      await vscode.workspace.applyEdit(edit);
      assert.equal(
        document.getText(),
        'start: mov ax, 1                    ; one\n  mov bx, 2                         ; two\n.loop: jmp .loop\n',
      );
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      const fresh = await untitled('nop\nnop\n');
      const range = new vscode.Range(1, 0, 1, 3);
      const part = await ask<vscode.TextEdit[]>('FormatRangeProvider', fresh.uri, range, options);
      assert.deepEqual(
        part.map((e) => e.range.start.line),
        [1],
      );
    });

    it('works in a file that is not saved, with files of the workspace', async () => {
      const document = await untitled('%include "language/part.inc"\nCOUNT equ 1\n  call helper\n');
      const found = await ask<vscode.Location[]>(
        'DefinitionProvider',
        document.uri,
        at(document, 'call helper', 6),
      );
      assert.deepEqual(await shown(found), ['part.inc:2 helper']);
    });

    it('leaves the hover to the debugger while a guest is stopped, but not that of mnemonics', async () => {
      const editor = await openFile('first-exits/kernel.asm');
      await stopAfter(start);
      try {
        const { document } = editor;
        const line = lineOf(editor, 'lgdt [gdt_pointer]');
        const text = document.lineAt(line).text;
        // The editor asks both; the debugger's answer is shown first, ours with Alt.
        const mine = await hoverText(
          document,
          new vscode.Position(line, text.indexOf('gdt_pointer') + 1),
        );
        assert.match(mine, /gdt_pointer:/);
        assert.match(
          await hoverText(document, new vscode.Position(line, text.indexOf('lgdt') + 1)),
          /\*\*LGDT\*\*/,
        );
      } finally {
        await stopDebugging();
      }
    });

    it('knows the virtual files of the workspace by their URIs', async () => {
      const uri = workspaceUri(MAIN);
      const links = await ask<vscode.DocumentLink[]>('LinkProvider', uri);
      assert.deepEqual(
        links.map(({ target }) => target?.toString()),
        [workspaceUri('language/part.inc').toString()],
      );
    });
  });
}

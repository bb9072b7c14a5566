import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  lineOf,
  openFile,
  removeBreakpoints,
  resume,
  start,
  stopAfter,
  stopDebugging,
  until,
} from './session';

export function editingSuite(): void {
  describe('editor', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    it('assembly errors stand in the Problems panel at line and column, and nothing starts', async () => {
      const editor = await openFile('wrong.asm');
      const { uri } = editor.document;
      // VS Code refuses dialogs in tests: one that offered to open launch.json would reject this.
      await start();
      const problems = await until('a problem', () => {
        const found = vscode.languages.getDiagnostics(uri);
        return found.length > 0 ? found : undefined;
      });
      const [problem] = problems;
      assert.equal(problem?.severity, vscode.DiagnosticSeverity.Error);
      assert.equal(problem.range.start.line, lineOf(editor, 'no_such_thing'));
      assert.equal(
        problem.range.start.character,
        editor.document.lineAt(problem.range.start.line).text.indexOf('no_such_thing'),
      );
      await until('no session', () =>
        vscode.debug.activeDebugSession === undefined ? true : undefined,
      );
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('gives .asm files its language where nobody else claims them', async () => {
      const { document } = await openFile('first-exits/kernel.asm');
      assert.equal(document.languageId, 'nasm');
    });

    it('debugs a file whose language another extension has claimed', async () => {
      const editor = await openFile('claimed.s16');
      assert.equal(editor.document.languageId, 'asm-collection');
      const line = lineOf(editor, 'breakpoint here');
      editor.selection = new vscode.Selection(line, 0, line, 0);
      await vscode.commands.executeCommand('editor.debug.action.toggleBreakpoint');
      await until('the breakpoint', () =>
        vscode.debug.breakpoints.length === 1 ? true : undefined,
      );
      await stopAfter(start);
      const { frame } = await stopAfter(resume);
      assert.equal(frame.line, line + 1);
    });

    it('hover evaluates the register and the memory operand under the pointer', async () => {
      const editor = await openFile('first-exits/kernel.asm');
      const { frame, session } = await stopAfter(start);
      const line = lineOf(editor, 'mov si, hello');
      assert.ok(frame.line <= line);
      const value = (await session.customRequest('evaluate', {
        expression: 'word [esp+2]',
        context: 'hover',
        frameId: frame.id,
      })) as { result: string };
      assert.match(value.result, /0x/);
    });
  });
}

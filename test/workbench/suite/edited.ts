import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
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

/** The program that is edited while it runs; it is as before when the suite is over. */
const GUEST = 'loop.asm';

export function editedSuite(): void {
  describe('a source edited while it is debugged', () => {
    let before = '';

    const replace = async (text: string): Promise<void> => {
      const { document } = await openFile(GUEST);
      const edit = new vscode.WorkspaceEdit();
      const all = new vscode.Range(0, 0, document.lineCount, 0);
      edit.replace(document.uri, all, text);
      await vscode.workspace.applyEdit(edit);
      await document.save();
    };

    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
      await replace(before);
    });

    it('is told to the session, whose lines and breakpoints follow it', async () => {
      const editor = await openFile(GUEST);
      before = editor.document.getText();
      const { session, frame } = await stopAfter(start);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(editor.document.uri, new vscode.Position(0, 0), '; one\n; two\n; three\n');
      await vscode.workspace.applyEdit(edit);
      await editor.document.save();
      await until('the session tells lines as they are now', async () => {
        const asked = session.customRequest('stackTrace', { threadId: 1 });
        const { stackFrames } = (await asked) as DebugProtocol.StackTraceResponse['body'];
        return stackFrames[0]?.line === frame.line + 3 ? true : undefined;
      });
      const line = lineOf(editor, 'inc');
      const at = new vscode.Location(editor.document.uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at)]);
      const stop = await stopAfter(resume);
      assert.equal(stop.frame.line, line + 1);
      // As the message's button does.
      const again = await stopAfter(async () => {
        const { id: sessionId } = session;
        await vscode.commands.executeCommand('workbench.action.debug.restart', 0, { sessionId });
      });
      assert.equal(again.frame.line, frame.line + 3);
    });
  });
}

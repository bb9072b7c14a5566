import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  api,
  command,
  lineOf,
  openFile,
  removeBreakpoints,
  resume,
  start,
  stopAfter,
  stopDebugging,
  until,
} from './session';

const SAMPLE = 'first-exits/kernel.asm';
const stepBack = command('workbench.action.debug.stepBack');

export function executedSuite(): void {
  describe('the lines that were executed', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    /** To a line, from 1. */
    const toLine = async (text: string): Promise<{ line: number; uri: vscode.Uri }> => {
      const editor = await openFile(SAMPLE);
      const { uri } = editor.document;
      const line = lineOf(editor, text);
      const at = new vscode.Location(uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at)]);
      await stopAfter(start);
      await stopAfter(resume);
      return { line: line + 1, uri };
    };

    it('are marked with how long ago it was, also in the past, until the session is over', async () => {
      const { lineHistory } = await api();
      await toLine('out dx, al');
      const latest = () => lineHistory.texts.find((text) => text.includes(': 1 ago'));
      const first = await until('marks', latest);
      await stopAfter(stepBack);
      await until('those of the past', () => {
        const now = latest();
        return now !== undefined && now !== first ? true : undefined;
      });
      await vscode.commands.executeCommand('ringside.toggleLineHistory');
      await until('none', () => (lineHistory.texts.length === 0 ? true : undefined));
      await vscode.commands.executeCommand('ringside.toggleLineHistory');
      await until('marks again', latest);
      await stopDebugging();
      await until('none behind the end', () => (lineHistory.texts.length === 0 ? true : undefined));
    });

    it('are shown as coverage', async () => {
      const { coverage } = await api();
      const { uri } = await toLine('lea rsi, [rel goodbye]');
      await vscode.commands.executeCommand('ringside.showCoverage');
      const count = coverage.shown.get(uri.toString());
      assert.ok(count !== undefined && count.covered > 0, [...coverage.shown.keys()].join());
      assert.ok(count.covered < count.total);
      await vscode.commands.executeCommand('workbench.view.debug');
    });
  });
}

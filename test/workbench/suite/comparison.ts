import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  api,
  command,
  lineOf,
  openFile,
  removeBreakpoints,
  start,
  stopAfter,
  stopDebugging,
  until,
  withInstructions,
  workspaceUri,
} from './session';

const KERNEL = 'techniques/deprivilege/kernel.asm';
const COMMAND = 'ringside.compareTechniques';

export function comparisonSuite(): void {
  describe('comparing techniques', () => {
    after(async () => {
      await stopDebugging();
      await removeBreakpoints();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    });

    it('shows a table and a chart of all ways, and blocks nobody meanwhile', async () => {
      const { comparison } = await api();
      await openFile(KERNEL);
      let turns = 0;
      const timer = setInterval(() => turns++, 50);
      await vscode.commands.executeCommand(COMMAND, workspaceUri(KERNEL));
      clearInterval(timer);
      assert.ok(turns > 5, `the extension host had ${String(turns)} turns`);
      const { ways = [], costs = [] } = comparison.body ?? {};
      assert.deepEqual(
        ways.slice(0, 2).map(({ name }) => name),
        ['none', 'vtx'],
      );
      const shown = await until('the page', () => comparison.shown);
      assert.equal(shown.bars, ways.length);
      assert.equal(shown.places, ways.filter(({ parting }) => parting).length);
      assert.ok(shown.places > 0);
      // What the chart shows stands in the table: parts, sum and relation of each way.
      const spendings = costs[0]?.spendings.length ?? 0;
      assert.ok(shown.cells >= (spendings + 2) * ways.length, String(shown.cells));
    });

    it('leads to the line after which the guest is another', async () => {
      const { comparison } = await api();
      await comparison.goTo('deprivilege');
      const editor = vscode.window.activeTextEditor;
      assert.ok(editor);
      assert.ok(editor.document.uri.path.endsWith(KERNEL), editor.document.uri.path);
      assert.match(editor.document.lineAt(editor.selection.active.line).text, /mov eax, cs/);
    });

    it('takes what the session debugs, which stays where it stands', async () => {
      const { comparison } = await api();
      await openFile('loop.asm');
      const { session } = await stopAfter(start);
      await openFile(KERNEL);
      await withInstructions(10_000, async () => {
        await vscode.commands.executeCommand(COMMAND);
      });
      assert.equal(comparison.body?.title, 'loop.asm');
      assert.ok(comparison.body.ways.every(({ verdict }) => verdict !== 'differs'));
      const { stackFrames } = (await session.customRequest('stackTrace', { threadId: 1 })) as {
        stackFrames: object[];
      };
      assert.ok(stackFrames.length > 0, 'it stands');
    });

    it('shows an instruction under another technique, both states side by side', async () => {
      await stopDebugging();
      const editor = await openFile(KERNEL);
      const line = lineOf(editor, 'mov eax, cs');
      const at = new vscode.Location(editor.document.uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at)]);
      await stopAfter(start);
      const { session } = await stopAfter(command('workbench.action.debug.continue'));
      const sessions: vscode.DebugSession[] = [];
      const started = vscode.debug.onDidStartDebugSession((each) => sessions.push(each));
      await vscode.commands.executeCommand('ringside.showUnderOtherTechnique', 'deprivilege');
      const states = await until('the two states', () => {
        const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
        const inputs = tabs.map(({ input }) => input);
        return inputs.find((input) => input instanceof vscode.TabInputTextDiff);
      });
      const [here, there] = await Promise.all(
        [states.original, states.modified].map(async (uri) => {
          const document = await vscode.workspace.openTextDocument(uri);
          return document.getText();
        }),
      );
      assert.match(here ?? '', /technique: vtx\n[^]*\n {2}executed directly by the processor/);
      assert.match(there ?? '', /technique: deprivilege\n[^]*does not trap: 0x9 instead of 0x8/);
      for (const text of [here, there]) assert.match(text ?? '', /instruction: .*mov eax, cs/);
      assert.deepEqual(
        sessions.map(({ configuration }) => configuration.monitor as unknown),
        ['deprivilege'],
      );
      assert.equal(vscode.debug.activeDebugSession?.id, session.id, 'who looked goes on looking');
      started.dispose();
      await vscode.debug.stopDebugging();
    });
  });
}

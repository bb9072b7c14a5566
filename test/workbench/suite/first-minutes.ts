import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  api,
  lineOf,
  openFile,
  removeBreakpoints,
  resume,
  start,
  stopAfter,
  stopDebugging,
  until,
  workspaceUri,
} from './session';

const SAMPLE = 'first-exits/kernel.asm';
const RUN_AND_DEBUG = 'workbench.view.debug';

const setReveal = (value: string | undefined): Thenable<void> =>
  vscode.workspace
    .getConfiguration('ringside')
    .update('revealViews', value, vscode.ConfigurationTarget.Global);

/** What a person meets first: where the views are, and how one comes to a first guest. */
export function firstMinutesSuite(): void {
  describe('the first minutes', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    it('the views come into sight at the first stop, and stay at a breakpoint', async () => {
      const { views } = await api();
      await vscode.commands.executeCommand(RUN_AND_DEBUG);
      await until('another side bar', () => !views.visible || undefined);
      const editor = await openFile(SAMPLE);
      const at = new vscode.Position(lineOf(editor, 'out dx, al'), 0);
      vscode.debug.addBreakpoints([
        new vscode.SourceBreakpoint(new vscode.Location(editor.document.uri, at)),
      ]);
      await stopAfter(start);
      for (const view of ['registers', 'vmcs', 'exits'] as const) {
        await until(`the view ${view}`, () => views.of(view).tree.visible || undefined);
      }
      await stopAfter(resume);
      await new Promise((resolve) => setTimeout(resolve, 1000)); // VS Code puts its own side bar there
      await until('the views', () => views.visible || undefined);
    });

    it('the views stay where they are when told to', async () => {
      const { views } = await api();
      await setReveal('never');
      try {
        await vscode.commands.executeCommand(RUN_AND_DEBUG);
        await openFile(SAMPLE);
        await stopAfter(start);
        await new Promise((resolve) => setTimeout(resolve, 500));
        assert.equal(views.visible, false);
      } finally {
        await setReveal(undefined);
      }
    });

    it('a sample is copied into a folder, opened, and debugged to its first stop', async () => {
      const open = (id: string): Thenable<unknown> =>
        vscode.commands.executeCommand('ringside.openSample', id, workspaceUri('copies'));
      await open('first-exits');
      const editor = vscode.window.activeTextEditor;
      assert.equal(editor?.document.uri.path, workspaceUri('copies/first-exits/kernel.asm').path);
      const { frame } = await stopAfter(start);
      assert.equal(frame.line, lineOf(editor, '        cli') + 1);
      await stopDebugging();
      await open('first-exits'); // there is one already
      const { document } = vscode.window.activeTextEditor ?? {};
      assert.equal(document?.uri.path, workspaceUri('copies/first-exits-2/kernel.asm').path);
    });

    it('a sample comes with what its launch configuration needs', async () => {
      await vscode.commands.executeCommand(
        'ringside.openSample',
        'techniques/paravirt',
        workspaceUri('copies'),
      );
      const read = async (name: string): Promise<string> => {
        const uri = workspaceUri(`copies/paravirt/${name}`);
        return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      };
      assert.match(
        await read('.vscode/launch.json'),
        /"program": "\$\{workspaceFolder\}\/kernel\.asm"/,
      );
      assert.ok((await read('poem.txt')).length > 0);
      assert.match(await read('README.zh-CN.md'), /半虚拟化/);
    });

    it('a new kernel stands in the workspace and is debugged by F5 as it is', async () => {
      const choices = { mode: 'long', technique: 'vtx', extras: ['ring3'] };
      await vscode.commands.executeCommand('ringside.newKernel', choices);
      const editor = vscode.window.activeTextEditor;
      assert.equal(editor?.document.uri.path, workspaceUri('kernel.asm').path);
      assert.match(editor.document.getText(), /iretq/);
      const { frame } = await stopAfter(start);
      assert.equal(frame.line, lineOf(editor, '        cli') + 1);
      await stopDebugging();
      await vscode.commands.executeCommand('ringside.newKernel', {
        ...choices,
        mode: 'real',
        extras: [],
      });
      const { document } = vscode.window.activeTextEditor ?? {};
      assert.equal(document?.uri.path, workspaceUri('kernel-2.asm').path);
    });
  });
}

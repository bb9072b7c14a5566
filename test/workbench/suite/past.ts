import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { PastRequest, type MomentsResponse } from '../../../src/adapter/past/protocol';
import {
  api,
  command,
  lineOf,
  openFile,
  removeBreakpoints,
  resume,
  start,
  stepInto,
  stepOver,
  stopAfter,
  stopDebugging,
  until,
  type Place,
} from './session';

const SAMPLE = 'first-exits/kernel.asm';
const stepBack = command('workbench.action.debug.stepBack');
const reverse = command('workbench.action.debug.reverseContinue');
const stepBackInto = command('ringside.stepBackInto');
const stepBackOut = command('ringside.stepBackOut');

export function pastSuite(): void {
  describe('the past', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    /** At the first OUT, which exits. */
    const toOut = async (): Promise<number> => {
      const editor = await openFile(SAMPLE);
      const line = lineOf(editor, 'out dx, al');
      const at = new vscode.Location(editor.document.uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at)]);
      await stopAfter(start);
      await stopAfter(resume);
      return line + 1;
    };

    it('is gone back to over an exit, into its handler, and out of it', async () => {
      const line = await toOut();
      await stopAfter(stepOver);
      assert.equal((await stopAfter(stepBack)).frame.line, line);
      const { world } = await api();
      await until('the past in the status bar', () =>
        / before the present$/.test(world.text) ? true : undefined,
      );
      await stopAfter(stepOver);
      const inside = await stopAfter(stepBackInto);
      assert.match(inside.frame.source?.path ?? '', /vmm\/vtx\/.*\.ts$/);
      assert.equal((await stopAfter(stepBackOut)).frame.line, line);
    });

    it('is run back through, to breakpoints and to the beginning', async () => {
      const line = await toOut();
      const entry = lineOf(await openFile(SAMPLE), '        cli') + 1;
      await stopAfter(resume);
      assert.equal((await stopAfter(reverse)).frame.line, line);
      assert.equal((await stopAfter(reverse)).frame.line, entry);
    });

    it('tells who wrote an entry of the page tables', async () => {
      const editor = await openFile(SAMPLE);
      const line = lineOf(editor, 'call set_up_interrupts');
      const at = new vscode.Location(editor.document.uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at)]);
      await stopAfter(start);
      await stopAfter(resume);
      const { views } = await api();
      const tree = views.of('translation');
      const row = await until('the entry', async () => {
        const top = await tree.getChildren(undefined);
        const below = await Promise.all(top.map((each) => tree.getChildren(each)));
        return [...top, ...below.flat()].find(({ node }) => node.label === 'PML4E[0]');
      });
      const { frame } = await stopAfter(() =>
        vscode.commands.executeCommand('ringside.lastWrite', row),
      );
      assert.equal(frame.line, lineOf(editor, 'mov dword [PML4]') + 1);
    });

    it('breaks on changes, which stand among the function breakpoints, and tells who is next', async () => {
      await toOut();
      await removeBreakpoints();
      const { views } = await api();
      const tree = views.of('vmcs');
      const row = await until('a field of the VMCS', async () => {
        const top = await tree.getChildren(undefined);
        const below = await Promise.all(top.map((each) => tree.getChildren(each)));
        const all = [...top, ...below.flat()];
        return all.find(({ node }) => node.expression?.toLowerCase() === 'vmcs.guest_rip');
      });
      const next = await stopAfter(() => vscode.commands.executeCommand('ringside.nextWrite', row));
      assert.match(next.frame.source?.path ?? '', /vmm\/vtx\/.*\.ts$/);
      await vscode.commands.executeCommand('ringside.breakOnChange', {
        variable: { evaluateName: 'guest.rdx' },
      });
      await until('the breakpoint', () =>
        vscode.debug.breakpoints.find(
          (each) =>
            each instanceof vscode.FunctionBreakpoint && each.functionName === 'change guest.rdx',
        ),
      );
      const valueIn = async ({ session }: Place): Promise<string> => {
        const args = { expression: 'guest.rdx', context: 'watch' };
        return ((await session.customRequest('evaluate', args)) as { result: string }).result;
      };
      const before = await valueIn(next);
      assert.notEqual(await valueIn(await stopAfter(resume)), before);
    });

    it('is saved as a recording, which opens where the session stood', async () => {
      const line = await toOut();
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(folder);
      const file = vscode.Uri.joinPath(folder.uri, 'bug.ringside');
      await vscode.commands.executeCommand('ringside.saveRecording', file);
      await stopDebugging();
      await removeBreakpoints();
      try {
        const { frame, session } = await stopAfter(() =>
          vscode.commands.executeCommand('ringside.debugRecording', file),
        );
        assert.equal(frame.line, line);
        assert.equal(session.configuration.request, 'attach');
        await stopAfter(stepBack);
        const moments = (await session.customRequest(PastRequest.MOMENTS)) as MomentsResponse;
        assert.ok(moments.isPast);
        await stopDebugging();
        await vscode.commands.executeCommand('vscode.open', file);
        const tab = await until('its page', () => {
          const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
          return input instanceof vscode.TabInputCustom ? input : undefined;
        });
        assert.equal(tab.viewType, 'ringside.recording');
      } finally {
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
        await vscode.workspace.fs.delete(file);
      }
    });

    it('has exits and bookmarks that lead there', async () => {
      const line = await toOut();
      const { session } = await stopAfter(stepInto);
      await session.customRequest(PastRequest.BOOKMARK, { name: 'in the handler' });
      await stopAfter(resume);
      const { views } = await api();
      const tree = views.of('exits');
      const rows = await until('rows', async () => {
        const found = await tree.getChildren(undefined);
        return found.length > 0 ? found : undefined;
      });
      const first = rows.at(-1);
      assert.ok(first?.node.exit === 1);
      const there = await stopAfter(() =>
        vscode.commands.executeCommand('ringside.goToMomentOfRow', first),
      );
      assert.match(there.frame.source?.path ?? '', /vmm\/vtx\/.*\.ts$/);
      const moments = (await session.customRequest(PastRequest.MOMENTS)) as MomentsResponse;
      assert.ok(moments.isPast);
      assert.deepEqual(
        moments.bookmarks.map(({ name }) => name),
        ['in the handler'],
      );
      const present = await stopAfter(() =>
        session.customRequest(PastRequest.GO_TO, { to: 'present' }),
      );
      assert.equal(present.frame.line, line);
    });
  });
}

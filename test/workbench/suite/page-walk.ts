import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Shown } from '../../../src/vscode/page-walk/messages';
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
} from './session';

const SAMPLE = 'rings/kernel.asm';
/** It writes to a page that is not there yet, in ring 3. */
const STORE = 'mov qword [rbx], 42';

export function pageWalkSuite(): void {
  describe('the page walk as a picture', () => {
    afterEach(async () => {
      const { pageWalk, views } = await api();
      pageWalk.pin(false);
      views.translation.options = {};
      await stopDebugging();
      await removeBreakpoints();
      await vscode.commands.executeCommand('workbench.action.closePanel');
    });

    const shown = async (what: string, is: (page: Shown) => boolean): Promise<Shown> => {
      const { pageWalk } = await api();
      return until(what, () => (pageWalk.shown && is(pageWalk.shown) ? pageWalk.shown : undefined));
    };

    async function stopAtStore(): Promise<void> {
      const editor = await openFile(SAMPLE);
      const at = new vscode.Position(lineOf(editor, STORE), 0);
      vscode.debug.addBreakpoints([
        new vscode.SourceBreakpoint(new vscode.Location(editor.document.uri, at)),
      ]);
      await stopAfter(start);
      await stopAfter(resume);
    }

    it('shows where the present access ends, and the same address as Address Translation', async () => {
      const { views, pageWalk } = await api();
      await stopAtStore();
      await vscode.commands.executeCommand('ringside.showPageWalk');
      const fault = await shown('the fault', ({ address }) => address === 'GVA 0x40000');
      assert.equal(fault.cells.length, 20);
      assert.match(
        fault.cells.at(-1) ?? '',
        /^PTE\[64\] 20 0x0, Reference 20, the walk ends here$/,
      );
      assert.match(fault.verdict, /not present, #PF \(0x6 US WR\), CR2 = 0x40000/);
      assert.equal(fault.lit, 20);
      views.translation.options = { address: 'supervisor read rip' };
      await vscode.commands.executeCommand('ringside.showPageWalk');
      const whole = await shown('the whole walk', ({ cells }) => cells.length === 24);
      assert.match(whole.verdict, /24 references/);
      assert.equal(pageWalk.walk?.address, 'supervisor read rip');
    });

    it('keeps a picture to compare with the next stop', async () => {
      const { pageWalk, views } = await api();
      await stopAtStore();
      views.translation.options = { address: 'user write 0x40000' };
      await vscode.commands.executeCommand('ringside.showPageWalk');
      await shown('the fault', ({ cells }) => cells.length === 20);
      pageWalk.pin(true);
      await shown('the pinned picture', ({ pinned }) => pinned);
      // The guest's handler maps the page, and the store is tried again.
      await stopAfter(resume);
      const mended = await shown('the mended page', ({ cells }) => cells.length === 24);
      assert.ok(mended.pinned);
      assert.match(mended.verdict, /page of 4 KB/);
    });

    it('asks for nothing while nobody sees it', async () => {
      const { pageWalk } = await api();
      await stopAtStore();
      await vscode.commands.executeCommand('ringside.showPageWalk');
      await shown('the fault', ({ cells }) => cells.length === 20);
      await vscode.commands.executeCommand('workbench.action.closePanel');
      const { requests } = pageWalk;
      await stopAfter(resume);
      assert.equal(pageWalk.requests, requests);
      await vscode.commands.executeCommand('ringside.showPageWalk');
      await until('a request', () => (pageWalk.requests > requests ? true : undefined));
    });
  });
}

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Shown } from '../../../src/vscode/machine/messages';
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
/** The first instruction of its program in ring 3. */
const USER = 'mov eax, SYS_PRINT';

export function machineSuite(): void {
  describe('the machine as a picture', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
      await vscode.commands.executeCommand('workbench.action.closePanel');
    });

    const shown = async (what: string, is: (page: Shown) => boolean): Promise<Shown> => {
      const { machine } = await api();
      return until(what, () => (machine.shown && is(machine.shown) ? machine.shown : undefined));
    };

    it('shows where execution is, and asks for nothing while nobody sees it', async () => {
      const { machine } = await api();
      const editor = await openFile(SAMPLE);
      const at = new vscode.Position(lineOf(editor, USER), 0);
      vscode.debug.addBreakpoints([
        new vscode.SourceBreakpoint(new vscode.Location(editor.document.uri, at)),
      ]);
      await stopAfter(start);
      await vscode.commands.executeCommand('ringside.showMachine');
      const first = await shown('the kernel', ({ sentence }) => /^Guest, ring 0/.test(sentence));
      assert.match(first.rooms.join('\n'), /^Ring 0 · kernel, here, start, kernel\.asm:39, cli$/m);
      assert.ok(first.owners.includes('EPT 0x100000 the VMM'), first.owners.join());
      await vscode.commands.executeCommand('workbench.action.closePanel');
      const { requests } = machine;
      await stopAfter(resume);
      assert.equal(machine.requests, requests);
      await vscode.commands.executeCommand('ringside.showMachine');
      const user = await shown('the program', ({ sentence }) => /^Guest, ring 3/.test(sentence));
      assert.match(user.sentence, /VMX non-root at user_main .*; came by VM entry\.$/);
      assert.deepEqual(user.arrows, ['guest/0 → host/0', 'host/0 → guest/3']);
      await stopDebugging();
      const ended = await shown('the end', ({ hint }) => hint !== '');
      assert.equal(ended.sentence, user.sentence);
    });
  });
}

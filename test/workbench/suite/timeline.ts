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
} from './session';

const SAMPLE = 'first-exits/kernel.asm';

export function timelineSuite(): void {
  describe('the timeline of a run', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
      await vscode.commands.executeCommand('workbench.action.closePanel');
    });

    it('shows what has happened, leads to it, and stays when the session is over', async () => {
      const { timeline } = await api();
      const editor = await openFile(SAMPLE);
      const line = lineOf(editor, 'lea rsi, [rel goodbye]');
      const at = new vscode.Location(editor.document.uri, new vscode.Position(line, 0));
      vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at)]);
      await stopAfter(start);
      await stopAfter(resume);
      await vscode.commands.executeCommand('ringside.showTimeline');
      const shown = await until('the page', () =>
        timeline.shown && timeline.shown.pieces > 0 ? timeline.shown : undefined,
      );
      assert.ok(
        shown.items.some((text) => text.startsWith('CPUID')),
        shown.items.join('\n'),
      );
      const { history } = timeline.run ?? {};
      assert.equal(history?.instructions, history?.present);
      const from = history?.episodes?.find(({ text }) => text.startsWith('CPUID'))?.from;
      assert.ok(from !== undefined);
      await stopAfter(() => timeline.goTo({ to: 'instruction', number: from }));
      await until('the moment in the timeline', () =>
        timeline.run?.history.instructions === from ? true : undefined,
      );
      assert.equal(timeline.run?.history.present, history?.present);
      await stopAfter(() => timeline.goTo({ to: 'present' }));
      await until('the present in the timeline', () =>
        timeline.run?.history.instructions === history?.present ? true : undefined,
      );
      await resume();
      const ended = await until('the end', () =>
        timeline.run?.state === 'ended' ? timeline.run : undefined,
      );
      assert.ok(ended.history.present > (history?.present ?? 0));
      await until('the end in the page', () =>
        timeline.shown && timeline.shown.to === ended.history.present ? true : undefined,
      );
    });
  });
}

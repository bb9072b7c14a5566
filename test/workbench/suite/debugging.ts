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
  stepInto,
  stepOut,
  stepOver,
  stopAfter,
  stopDebugging,
  until,
} from './session';

const SAMPLE = 'first-exits/kernel.asm';

/** F9 on the first line with the text. */
async function toggleBreakpoint(editor: vscode.TextEditor, text: string): Promise<number> {
  const line = lineOf(editor, text);
  editor.selection = new vscode.Selection(line, 0, line, 0);
  const before = vscode.debug.breakpoints.length;
  await vscode.commands.executeCommand('editor.debug.action.toggleBreakpoint');
  await until('the breakpoint', () =>
    vscode.debug.breakpoints.length === before + 1 ? true : undefined,
  );
  return line + 1;
}

export function debuggingSuite(): void {
  describe('debugging', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    it('F5 without a launch.json stops at the entry', async () => {
      const editor = await openFile(SAMPLE);
      const { frame, session } = await stopAfter(start);
      assert.equal(session.type, 'ringside');
      assert.equal(frame.line, lineOf(editor, '        cli') + 1);
      assert.equal(frame.source?.name, 'kernel.asm');
    });

    it('boots a disk of two sources, whatever file is open, and stops in the second', async () => {
      const editor = await openFile('boot-disk/kernel.asm');
      const line = await toggleBreakpoint(editor, 'call clear_screen');
      const disk = ['boot', 'kernel'].map((name) => ({
        program: `\${workspaceFolder}/boot-disk/${name}.asm`,
      }));
      const configuration = { type: 'ringside', request: 'launch', name: 'boot-disk', disk };
      const folder = vscode.workspace.workspaceFolders?.[0];
      const boot = await stopAfter(() => vscode.debug.startDebugging(folder, configuration));
      assert.equal(boot.frame.source?.name, 'boot.asm');
      const { frame } = await stopAfter(resume);
      assert.deepEqual([frame.source?.name, frame.line], ['kernel.asm', line]);
    });

    it('stops at a breakpoint set with F9', async () => {
      const editor = await openFile(SAMPLE);
      const line = await toggleBreakpoint(editor, 'lgdt [gdt_pointer]');
      await stopAfter(start);
      const { frame } = await stopAfter(resume);
      assert.equal(frame.line, line);
    });

    it('marks the lines where a deprivileged guest falls through a hole', async () => {
      const editor = await openFile('techniques/deprivilege/kernel.asm');
      const hole = lineOf(editor, '.smsw:') + 1;
      await toggleBreakpoint(editor, '.pushf: pushfd');
      const launch = { type: 'ringside', request: 'launch', name: 'deprivilege' };
      const program = '${workspaceFolder}/techniques/deprivilege/kernel.asm';
      const configuration = { ...launch, program, monitor: 'deprivilege' };
      const folder = vscode.workspace.workspaceFolders?.[0];
      await stopAfter(() => vscode.debug.startDebugging(folder, configuration));
      await stopAfter(resume);
      const { remarks } = await api();
      const mark = remarks.texts.find((text) => text.startsWith(`${String(hole)}: `));
      assert.match(mark ?? remarks.texts.join('\n'), /smsw e?ax: 0x80010031/);
      await stopDebugging();
      await until('no marks', () => (remarks.texts.length === 0 ? true : undefined));
    });

    it('crosses an exit with Step Over', async () => {
      const editor = await openFile(SAMPLE);
      const line = await toggleBreakpoint(editor, 'out dx, al');
      await stopAfter(start);
      assert.equal((await stopAfter(resume)).frame.line, line);
      const { frame } = await stopAfter(stepOver);
      assert.equal(frame.line, line + 1);
    });

    it('steps into the monitor at an exit, through it, and out to the guest', async () => {
      const editor = await openFile(SAMPLE);
      const line = await toggleBreakpoint(editor, 'out dx, al');
      await stopAfter(start);
      await stopAfter(resume);
      const inside = await stopAfter(stepInto);
      assert.match(inside.frame.source?.path ?? '', /vmm\/vtx\/.*\.ts$/);
      assert.ok(
        inside.frames.some((f) => f.presentationHint === 'label' && /exit/i.test(f.name)),
        'a label names the exit',
      );
      const further = await stopAfter(stepOver);
      assert.match(further.frame.source?.path ?? '', /vmm\/vtx\/.*\.ts$/);
      assert.notDeepEqual(
        [further.frame.name, further.frame.line, further.frame.column],
        [inside.frame.name, inside.frame.line, inside.frame.column],
      );
      const shown = await until('the source of the handler in the editor', () =>
        vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'debug'),
      );
      const text = shown.document.lineAt(further.frame.line - 1).text;
      assert.match(text.slice(further.frame.column - 1), /^yield /);
      const { frame } = await stopAfter(stepOut);
      assert.equal(frame.source?.name, 'kernel.asm');
      assert.equal(frame.line, line + 1);
    });

    it('pauses a running guest', async () => {
      await openFile('loop.asm');
      await stopAfter(start);
      await vscode.commands.executeCommand('workbench.action.debug.continue');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { frame } = await stopAfter(command('workbench.action.debug.pause'));
      assert.equal(frame.source?.name, 'loop.asm');
    });

    it('restarts', async () => {
      const editor = await openFile(SAMPLE);
      await stopAfter(start);
      await stopAfter(stepOver);
      const { frame } = await stopAfter(command('workbench.action.debug.restart'));
      assert.equal(frame.line, lineOf(editor, '        cli') + 1);
    });

    it('tells the present world in the status bar', async () => {
      const { world } = await api();
      await openFile(SAMPLE);
      await stopAfter(start);
      await until('the guest world', () => (/ring 0/.test(world.text) ? true : undefined));
      assert.match(world.text, /^\$\(vm\) /);
      assert.ok((world.explanation ?? '').length > 0);
    });

    it('keeps what the guest prints for its terminal', async () => {
      const { terminals } = await api();
      const editor = await openFile(SAMPLE);
      await toggleBreakpoint(editor, 'lgdt [gdt_pointer]');
      await stopAfter(start);
      const { session } = await stopAfter(resume);
      await until('output', () => (terminals.textOf(session).length > 5 ? true : undefined));
      await vscode.commands.executeCommand('ringside.openTerminal');
      assert.ok(vscode.window.terminals.some((t) => t.name.includes(session.name)));
    });
  });
}

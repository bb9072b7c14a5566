import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  api,
  command,
  openFile,
  removeBreakpoints,
  start,
  stopAfter,
  stopDebugging,
  until,
} from './session';

const resumeWithoutStop = command('workbench.action.debug.continue');

/** The size of a PNG file's picture, by its header. */
function sizeOf(png: Uint8Array): [number, number] {
  const view = new DataView(png.buffer, png.byteOffset);
  assert.equal(view.getUint32(0), 0x89504e47);
  return [view.getUint32(16), view.getUint32(20)];
}

export function screenSuite(): void {
  describe('guest screen', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    it('opens by itself when the guest writes to it, shows the text, and takes keys', async () => {
      const { screen } = await api();
      const editor = await openFile('screen.asm');
      await stopAfter(start);
      await resumeWithoutStop();
      const drawn = await until('the text on the canvas', () =>
        screen.drawn?.text.includes('Hello from the guest') ? screen.drawn : undefined,
      );
      assert.deepEqual([drawn.width, drawn.height], [720, 400]);
      assert.equal(vscode.window.activeTextEditor?.document, editor.document, 'the focus stays');
      await screen.type({ text: 'ab' });
      await until('two keys', () => (screen.drawn?.text.includes('KK') ? true : undefined));
      const png = await screen.image();
      assert.ok(png);
      assert.deepEqual(sizeOf(png), [720, 400]);
      assert.ok(png.length > 800, String(png.length));
      await vscode.commands.executeCommand('ringside.copyScreenText');
      assert.equal(await vscode.env.clipboard.readText(), '\nHello from the guest\nKK');
      await stopAfter(command('workbench.action.debug.pause'));
    });

    it('shows at a stop what is there, opened by its command', async () => {
      const { screen } = await api();
      await openFile('screen.asm');
      await vscode.workspace
        .getConfiguration('ringside')
        .update('guestScreen.open', 'never', vscode.ConfigurationTarget.Global);
      try {
        await stopAfter(start);
        await resumeWithoutStop();
        await new Promise((resolve) => setTimeout(resolve, 400));
        await stopAfter(command('workbench.action.debug.pause'));
        assert.equal(screen.drawn, undefined, 'it did not open by itself');
        await vscode.commands.executeCommand('ringside.showGuestScreen');
        await until('the text on the canvas', () =>
          screen.drawn?.text === '\nHello from the guest' ? true : undefined,
        );
      } finally {
        await vscode.workspace
          .getConfiguration('ringside')
          .update('guestScreen.open', undefined, vscode.ConfigurationTarget.Global);
      }
    });
  });
}

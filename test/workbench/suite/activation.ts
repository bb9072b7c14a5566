import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api } from './session';

export function activationSuite(host: 'process' | 'worker'): void {
  describe(`activation (${host})`, () => {
    it('activates in this extension host', async () => {
      const ringside = await api();
      assert.equal(ringside.host, host);
      const inNode =
        typeof (globalThis as { process?: { versions?: { node?: string } } }).process?.versions
          ?.node === 'string';
      assert.equal(inNode, host === 'process', 'the suite itself runs in that host');
      const kind = host === 'process' ? vscode.UIKind.Web : vscode.UIKind.Web;
      assert.ok([kind, vscode.UIKind.Desktop].includes(vscode.env.uiKind));
    });

    it('has all commands of the manifest', async () => {
      const manifest = vscode.extensions.getExtension('ringside.ringside')?.packageJSON as {
        contributes: { commands: { command: string }[] };
      };
      await api();
      const known = new Set(await vscode.commands.getCommands(true));
      const missing = manifest.contributes.commands.filter(({ command }) => !known.has(command));
      assert.deepEqual(missing, []);
    });
  });
}

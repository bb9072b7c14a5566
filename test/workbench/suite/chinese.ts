import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeDumps, DUMP, explain } from './doctor';
import {
  api,
  openFile,
  removeBreakpoints,
  start,
  stopAfter,
  stopDebugging,
  until,
  view,
  withInstructions,
  workspaceUri,
} from './session';

const CHINESE = /[\u4e00-\u9fff]/;

export function chineseSuite(): void {
  describe('in Chinese', () => {
    after(async () => {
      await stopDebugging();
      await removeBreakpoints();
      await closeDumps();
    });

    it('the manifest, the extension and the adapter speak it', async () => {
      assert.equal(vscode.env.language, 'zh-cn');
      const manifest = vscode.extensions.getExtension('ringside.ringside')?.packageJSON as {
        contributes: { views: { ringside: { id: string; name: string }[] } };
      };
      const { ringside } = manifest.contributes.views;
      assert.equal(ringside.find(({ id }) => id === 'ringside.exits')?.name, 'VM 退出');
      const { world } = await api();
      assert.ok(vscode.l10n.bundle, 'the bundle is loaded');
      await openFile('first-exits/kernel.asm');
      const { session } = await stopAfter(start);
      assert.match(session.name, CHINESE);
      await until('the world', () => (CHINESE.test(world.explanation ?? '') ? true : undefined));
      const { nodes } = await view(session, { view: 'registers' });
      assert.ok(
        nodes.some(({ label }) => CHINESE.test(label)),
        nodes.map(({ label }) => label).join(', '),
      );
    });

    it('so does the comparison of techniques, whose adapter belongs to no session', async () => {
      const { comparison } = await api();
      await openFile('loop.asm');
      await stopDebugging();
      await withInstructions(10_000, async () => {
        const uri = workspaceUri('loop.asm');
        await vscode.commands.executeCommand('ringside.compareTechniques', uri);
      });
      const { ways = [], groups = [] } = comparison.body ?? {};
      assert.ok(ways.length > 1);
      for (const text of [...ways.map((way) => way.description), ...groups.map((g) => g.label)]) {
        assert.match(text, CHINESE);
      }
    });

    it('so does the doctor of VMCS dumps', async () => {
      const text = await explain(DUMP);
      assert.match(text, /^# .*KVM.*未通过$/m);
      assert.match(text, /^## 可能的原因$/m);
      assert.match(text, /guest\.interruptibility\.sti-if/);
    });
  });
}

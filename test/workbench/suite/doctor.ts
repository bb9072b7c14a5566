import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { until } from './session';

const COMMAND = 'ringside.explainDump';
const SCHEME = 'ringside-dump';

/** A guest in real mode whose STI blocking does not fit its RFLAGS. */
export const DUMP = `\
[  100.000001] kvm_intel: *** Guest State ***
[  100.000002] kvm_intel: CR0: actual=0x0000000000000030, shadow=0x0000000060000010, gh_mask=fffffffffffefff7
[  100.000003] kvm_intel: CR4: actual=0x0000000000002040, shadow=0x0000000000000000, gh_mask=fffffffffffef871
[  100.000004] kvm_intel: RFLAGS=0x00000002         DR7 = 0x0000000000000400
[  100.000005] kvm_intel: Interruptibility = 00000001  ActivityState = 00000000
[  100.000006] kvm_intel: *** Host State ***
[  100.000007] kvm_intel: CS=0010 SS=0018 DS=0000 ES=0000 FS=0000 GS=0000 TR=0040
[  100.000008] kvm_intel: *** Control State ***
[  100.000009] kvm_intel: CPUBased=0xb5a06dfa SecondaryExec=0x000000aa TertiaryExec=0x0000000000000000
[  100.000010] kvm_intel: PinBased=0x0000003f EntryControls=000011ff ExitControls=002befff
[  100.000011] kvm_intel:         reason=80000021 qualification=0000000000000000
`;

const GOOD_CLIPBOARD = DUMP.replace('RFLAGS=0x00000002', 'RFLAGS=0x00000202');

const explanations = (): vscode.TextDocument[] =>
  vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);

/** What is explained with one document in front. */
export async function explain(content: string, lines?: [number, number]): Promise<string> {
  const before = new Set(explanations().map(({ uri }) => uri.toString()));
  const document = await vscode.workspace.openTextDocument({ content, language: 'plaintext' });
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  if (lines) editor.selection = new vscode.Selection(lines[0], 0, lines[1], 0);
  await vscode.commands.executeCommand(COMMAND);
  const explained = await until('the document', () =>
    explanations().find(({ uri }) => !before.has(uri.toString())),
  );
  return explained.getText();
}

/** Closes what was opened, which nobody wants to save. */
export async function closeDumps(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled)) {
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

export function doctorSuite(): void {
  describe('explaining a VMCS dump', () => {
    after(closeDumps);

    it('names the likely cause, with links to fields and lines', async () => {
      const text = await explain(`a log\n${DUMP}`);
      assert.match(text, /^# VMCS, printed by KVM: fails$/m);
      assert.match(text, /guest\.interruptibility\.sti-if/);
      assert.match(text, /\[`GUEST_RFLAGS`\]\(#guest_rflags\) \(\[line 5\]\(untitled:.*#L5\)\)/);
      assert.match(text, /^#### GUEST_RFLAGS$/m);
    });

    it('takes the selection, whose lines keep their numbers', async () => {
      const text = await explain(`${GOOD_CLIPBOARD}${DUMP}`, [11, 22]);
      assert.equal(text.match(/^# /gm)?.length, 1);
      assert.match(text, /\[line 15\]/);
    });

    it('takes the clipboard where the document in front has no dump', async () => {
      await vscode.env.clipboard.writeText(DUMP);
      const text = await explain('mov eax, 1');
      assert.match(text, /sti-if/);
    });
  });
}

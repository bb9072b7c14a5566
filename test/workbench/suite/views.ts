import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import type { ViewId } from '../../../src/adapter/protocol';
import type { Row, ViewTree } from '../../../src/vscode/views/view-tree';
import {
  api,
  lineOf,
  openFile,
  removeBreakpoints,
  resume,
  start,
  stepOver,
  stopAfter,
  stopDebugging,
  until,
  type Place,
} from './session';

const VIEWS: ViewId[] = ['registers', 'vmcs', 'translation', 'tlb', 'exits'];

/** All rows down to a depth, as text. */
async function rows(tree: ViewTree, depth: number, under?: Row): Promise<Row[]> {
  const here = await tree.getChildren(under);
  if (depth === 0) return here;
  const nested = await Promise.all(
    here.map(async (row) =>
      row.node.children === 'none' ? [row] : [row, ...(await rows(tree, depth - 1, row))],
    ),
  );
  return nested.flat();
}

/** In long mode, with paging on, after some exits. */
async function stopInLongMode(): Promise<Place> {
  const editor = await openFile('first-exits/kernel.asm');
  const line = lineOf(editor, 'cpuid');
  const { uri } = editor.document;
  vscode.debug.addBreakpoints([
    new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line, 0))),
  ]);
  await stopAfter(start);
  return stopAfter(resume);
}

export function viewsSuite(): void {
  describe('views', () => {
    afterEach(async () => {
      await stopDebugging();
      await removeBreakpoints();
    });

    it('all show content at a stop, each row once', async () => {
      const { views } = await api();
      await stopInLongMode();
      for (const id of VIEWS) {
        const tree = views.of(id);
        const found = await until(`rows of ${id}`, async () => {
          const all = await rows(tree, 2);
          return all.length > 0 ? all : undefined;
        });
        const ids = found.map(({ node }) => node.id);
        assert.equal(new Set(ids).size, ids.length, `${id}: ids are unique`);
        for (const row of found) {
          assert.ok(row.node.label.length > 0);
          assert.equal(tree.getTreeItem(row).id, row.node.id);
        }
      }
    });

    it('show a kernel beside its translation, and go through that', async () => {
      const { views } = await api();
      const editor = await openFile('techniques/translate/kernel.asm');
      const line = lineOf(editor, 'popfd');
      const { uri } = editor.document;
      vscode.debug.addBreakpoints([
        new vscode.SourceBreakpoint(new vscode.Location(uri, new vscode.Position(line, 0))),
      ]);
      const program = '${workspaceFolder}/techniques/translate/kernel.asm';
      const launch = { type: 'ringside', request: 'launch', name: 'translate', program };
      const folder = vscode.workspace.workspaceFolders?.[0];
      const configuration = { ...launch, monitor: 'translate' };
      await stopAfter(() => vscode.debug.startDebugging(folder, configuration));
      await stopAfter(resume);
      const next = (): Promise<string> =>
        until('what comes next in the cache', async () => {
          const all = await rows(views.translationCache, 3);
          const ids = all.map(({ node }) => node.id);
          assert.equal(new Set(ids).size, ids.length);
          return all.find(({ node }) => node.icon === 'arrow-right')?.node.label;
        });
      assert.match(await next(), /^mov \[.*ecx$/);
      const { frame } = await stopAfter(() =>
        vscode.commands.executeCommand('ringside.stepTranslated'),
      );
      assert.equal(frame.line, line + 1, 'still the same instruction of the guest');
      assert.equal(await next(), 'mov ecx, [esp]');
    });

    it('mark what a step has changed, with an icon', async () => {
      const { views } = await api();
      await stopInLongMode();
      await stopAfter(stepOver); // CPUID writes EAX, EBX, ECX, EDX
      const changed = await until('a changed row', async () => {
        const all = await rows(views.registers, 2);
        const marked = all.filter(({ node }) => node.changed && /^r?[abcd]x/i.test(node.label));
        return marked.length > 0 ? marked : undefined;
      });
      const [row] = changed;
      assert.ok(row);
      const icon = views.registers.getTreeItem(row).iconPath;
      assert.equal((icon as vscode.ThemeIcon).id, 'diff-modified');
    });

    it('translate the address that is asked for', async () => {
      const { views } = await api();
      await stopInLongMode();
      views.translation.options = { address: 'rsp' };
      const all = await until('the walk', async () => {
        const found = await rows(views.translation, 1);
        return found.some(({ node }) => /PML4E/.test(node.label)) ? found : undefined;
      });
      assert.ok(all.some(({ node }) => /hpa/i.test(`${node.label} ${node.description ?? ''}`)));
      views.translation.options = {};
    });

    it('filter and group the exits', async () => {
      const { views } = await api();
      await stopInLongMode();
      const exits = await until('exits', async () => {
        const all = await views.exits.getChildren();
        return all.length > 3 ? all : undefined;
      });
      views.exits.options = { filter: 'no such exit' };
      assert.equal((await views.exits.getChildren()).length, 0);
      views.exits.options = { groupByReason: true };
      const groups = await views.exits.getChildren();
      assert.ok(groups.length > 0 && groups.length < exits.length);
      assert.notEqual(groups[0]?.node.children, 'none');
      views.exits.options = {};
    });

    it('show changed fields of the VMCS only, until all are asked for', async () => {
      const { views } = await api();
      await stopInLongMode();
      const fields = async (): Promise<string[]> => {
        const all = await rows(views.vmcs, 2);
        return all.filter(({ node }) => node.editable === true).map(({ node }) => node.label);
      };
      const all = await until('fields of the VMCS', async () => {
        const found = await fields();
        return found.length > 100 ? found : undefined;
      });
      await vscode.commands.executeCommand('ringside.showChangedFields');
      const changed = await fields();
      assert.ok(changed.length < all.length / 2, String(changed.length));
      assert.ok(changed.includes('Guest RIP'), changed.join());
      await vscode.commands.executeCommand('ringside.showAllFields');
      assert.deepEqual(await fields(), all);
    });

    it('filter the entries of the TLB', async () => {
      const { views } = await api();
      await stopInLongMode();
      const entries = await until('entries of the TLB', async () => {
        const all = await rows(views.tlb, 1);
        return all.some(({ node }) => node.expression !== undefined) ? all : undefined;
      });
      views.tlb.options = { filter: 'no such entry' };
      const groups = await views.tlb.getChildren();
      assert.match(views.tlb.tree.message ?? '', /no such entry/);
      assert.ok((await rows(views.tlb, 1)).length === groups.length && groups.length > 0);
      assert.ok(entries.length > groups.length);
      views.tlb.options = {};
    });

    it('edit a register', async () => {
      const { views } = await api();
      const { session } = await stopInLongMode();
      const row = await until('rbx', async () =>
        (await rows(views.registers, 2)).find(
          ({ node }) => /^rbx/i.test(node.label) && node.editable,
        ),
      );
      await views.registers.edit(row, '0x1234 + 1');
      const frameId = (vscode.debug.activeStackItem as vscode.DebugStackFrame).frameId;
      const value = (await session.customRequest('evaluate', {
        expression: 'rbx',
        frameId,
        context: 'watch',
      })) as DebugProtocol.EvaluateResponse['body'];
      assert.match(value.result, /1235/);
      await assert.rejects(views.registers.edit(row, 'no_such_symbol'));
    });

    it('numbers can be shown in decimal', async () => {
      const { views } = await api();
      await stopInLongMode();
      /** Whether RIP is shown, as a hexadecimal number or not. */
      const shown = async (hexadecimal: boolean): Promise<true | undefined> => {
        const all = await rows(views.registers, 2);
        const row = all.find(({ node }) => node.label === 'rip')?.node.description ?? '';
        const text = row.replace(/<[^>]*>/g, ''); // offsets of symbols are always hexadecimal
        return (/\d/.test(text) && /0x/.test(text) === hexadecimal) || undefined;
      };
      await until('hexadecimal numbers', () => shown(true));
      await vscode.commands.executeCommand('ringside.format.decimal');
      await until('decimal numbers', () => shown(false));
      await vscode.commands.executeCommand('ringside.format.hexadecimal');
      await until('hexadecimal numbers', () => shown(true));
    });

    it('disassembly answers exactly as many rows as asked for, in order', async () => {
      const { session, frame } = await stopInLongMode();
      const body = (await session.customRequest('disassemble', {
        memoryReference: frame.instructionPointerReference,
        instructionOffset: -200,
        instructionCount: 400,
        resolveSymbols: true,
      })) as DebugProtocol.DisassembleResponse['body'];
      const instructions = body?.instructions ?? [];
      assert.equal(instructions.length, 400);
      const addresses = instructions.map(({ address }) => BigInt(address));
      for (let n = 1; n < addresses.length; n++) {
        assert.ok((addresses[n] ?? 0n) > (addresses[n - 1] ?? 0n), `row ${n} rises`);
      }
      const here = instructions[200];
      assert.match(here?.instruction ?? '', /cpuid/i);
      assert.equal(BigInt(here?.address ?? 0), BigInt(frame.instructionPointerReference ?? 1));
    });

    it('opens the Disassembly view', async () => {
      await stopInLongMode();
      await vscode.commands.executeCommand('debug.action.openDisassemblyView');
      await until('its tab', () =>
        vscode.window.tabGroups.all
          .flatMap((group) => group.tabs)
          .find((tab) => /disassembly|反汇编/i.test(tab.label)),
      );
    });

    it('memory is read and written', async () => {
      const { session } = await stopInLongMode();
      const memoryReference = (
        (await session.customRequest('evaluate', {
          expression: 'hello',
          context: 'watch',
        })) as DebugProtocol.EvaluateResponse['body']
      ).memoryReference;
      assert.ok(memoryReference);
      const read = async (): Promise<DebugProtocol.ReadMemoryResponse['body']> =>
        (await session.customRequest('readMemory', {
          memoryReference,
          count: 5,
        })) as DebugProtocol.ReadMemoryResponse['body'];
      const before = (await read())?.data;
      assert.ok(before);
      await session.customRequest('writeMemory', { memoryReference, data: btoa('Hallo') });
      assert.equal((await read())?.data, btoa('Hallo'));
    });
  });
}

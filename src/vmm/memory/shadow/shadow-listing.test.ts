import assert from 'node:assert/strict';
import { LONG } from '../../../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun } from '../../../session';
import { shadowTables, type ShadowTable } from './shadow-listing';

/** 32-bit code with 32-bit paging, or PAE paging, one page directory at 30000H. */
const LEGACY = (cr4: string, entry: string, cr3: string): string => `
        org 0x7c00
        bits 16
        cli
        xor ax, ax
        mov ds, ax
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 8:protected
        bits 32
protected:
        mov ax, 16
        mov ds, ax
        mov ss, ax
        ${entry}
        mov eax, ${cr4}
        mov cr4, eax
        mov eax, ${cr3}
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp $
        align 8
gdt:    dq 0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw $ - gdt - 1
        dd gdt
`;
const PAE = LEGACY('0x20', 'mov dword [0x30020], 0x31001\n mov dword [0x31000], 0x83', '0x30020');
const LEGACY_32 = LEGACY('0x10', 'mov dword [0x30000], 0x83', '0x30000');

async function tablesOf(source: string) {
  const program = await assembleText(source);
  const options = { monitor: 'vtx', paging: 'shadow', memory: 4 << 20 } as const;
  const machine = new Machine(flatImage(program), options);
  const run = new MachineRun(machine);
  while (machine.computer.processor.work < 50_000) run.turn(10, 50_000);
  const { vm } = machine;
  const state = vm?.monitor.host.shadow?.save();
  assert.ok(vm && state);
  return { vm, state, tables: shadowTables(state) };
}

const inUse = (tables: readonly ShadowTable[]): ShadowTable => {
  const [first] = tables;
  assert.ok(first?.root?.inUse, 'it comes first');
  assert.equal(tables.filter(({ root }) => root?.inUse).length, 1);
  return first;
};

describe('the list of shadow tables', () => {
  it('knows the root in use, what it stands for and the tables below it by level', async () => {
    const { vm, state, tables } = await tablesOf(LONG('mov byte [0x40000], 1\n jmp $'));
    assert.equal(tables.length, state.tables.pages.length);
    const { role, root } = inUse(tables);
    assert.equal(role, '4-level+WP+NXE');
    assert.equal(root?.guestFrame, vm.guestMemory.hostAddress(0x10000n));
    const below = tables.filter((each) => each.role === role && !each.root);
    assert.deepEqual(
      below.map(({ page, rights }) => [page.level, page.guest?.frame, rights]),
      [0x11000n, 0x12000n, 0x13000n].map((address, n) => [
        3 - n,
        vm.guestMemory.hostAddress(address),
        'WUX',
      ]),
    );
  });

  it('keeps the roots of other address spaces, and parts that belong to no table', async () => {
    const { tables } = await tablesOf(LONG('mov byte [0x40000], 1\n jmp $'));
    const unpaged = tables.find(({ role }) => role === 'none');
    assert.deepEqual(unpaged?.root, { inUse: false, guestFrame: undefined, pdptes: undefined });
    const parts = tables.filter(({ role }) => role === undefined);
    assert.ok(parts.length > 0);
    assert.ok(parts.every(({ root, rights, page }) => !root && !rights && !page.guest));
  });

  it('knows the registers that are the first table of PAE paging', async () => {
    const { role, root } = inUse((await tablesOf(PAE)).tables);
    assert.equal(role, 'PAE');
    assert.deepEqual(root?.pdptes, [0x31001n, 0n, 0n, 0n]);
  });

  it('knows the page directory of 32-bit paging', async () => {
    const { vm, tables } = await tablesOf(LEGACY_32);
    const { role, root } = inUse(tables);
    assert.equal(role, '32-bit+PSE');
    assert.equal(root?.guestFrame, vm.guestMemory.hostAddress(0x30000n));
  });
});

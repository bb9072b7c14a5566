import assert from 'node:assert/strict';
import { LONG } from '../../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun, type MachineOptions } from '../../session';
import { Target } from '../target';
import type { Row } from './row';
import { Views } from './views';

/** A page for reads only that leads elsewhere, one that has been written, and one in the upper half. */
const GUEST = `mov byte [0x40000], 1
        mov dword [0x13000 + 0x41 * 8], 0x50003
        mov al, [0x41000]
        mov dword [0x10000 + 511 * 8], 0x11007
        mov rsi, -0x8000000000 + 0x42000
        mov al, [rsi]`;

async function stopped(body: string, options: Partial<MachineOptions> = {}) {
  const program = await assembleText(LONG(`${body}\n jmp $`));
  const machine = new Machine(flatImage(program), {
    monitor: 'vtx',
    paging: 'shadow',
    memory: 4 << 20,
    ...options,
  });
  const run = new MachineRun(machine);
  while (machine.computer.processor.work < 100_000) run.turn(10, 100_000);
  const target = new Target(machine, [program]);
  const views = new Views(target, (text) => BigInt(text));
  const rows = (node?: string): Row[] =>
    views.rows({ view: 'translation', focus: 'guest', address: '0x40000', node }).rows;
  return { target, views, rows };
}

const hpa = (target: Target, address: bigint): string =>
  `HPA 0x${(target.memory.hostAddress('gpa', address) ?? 0).toString(16)}`;

/** The row with a label, or one that begins so. */
function find(rows: readonly Row[], label: string): Row {
  const row = rows.find((each) => each.label.startsWith(label));
  assert.ok(row, `${label} in ${rows.map((each) => each.label).join()}`);
  return row;
}

/** From a row down through the first that has each label. */
function down(rows: (node?: string) => Row[], from: Row, ...labels: string[]): Row {
  return labels.reduce((row, label) => find(rows(row.id), label), from);
}

describe('shadow tables in Address Translation', function () {
  this.timeout(60_000);

  it('are one row, with how many there are and how many frames are left', async () => {
    const { target, rows } = await stopped(GUEST);
    const row = find(rows(), 'shadow tables');
    const { pages, free } = target.monitor?.host.shadow?.save().tables ?? { pages: [], free: [] };
    assert.equal(row.description, `${pages.length} tables, ${free.length} frames free`);
    assert.equal(row.children, 'collapsed');
  });

  it('lead from the root in use to host frames, with linear and guest-physical addresses', async () => {
    const { target, rows } = await stopped(GUEST);
    const [root] = rows('tables');
    assert.ok(root);
    assert.match(root.label, /^root HPA 0x\w+$/);
    assert.equal(
      root.description,
      'in use, GPA 0x10000, 2 entries, 1 write, WUX, 4-level+WP+NXE',
      'the root of long mode',
    );
    const table = down(rows, root, 'PML4E[0] 0x0', 'PDPTE[0] 0x0', 'PDE[0] 0x0');
    const entries = rows(table.id);
    const written = find(entries, 'PTE[64] 0x40000');
    const [a, b] = [hpa(target, 0x40000n), hpa(target, 0x50000n)];
    assert.equal(written.description, `→ ${a} = GPA 0x40000 P W U A D`);
    // Writable only once the guest's entry is dirty.
    assert.equal(find(entries, 'PTE[65] 0x41000').description, `→ ${b} = GPA 0x50000 P A`);
    const upper = down(rows, root, 'PML4E[511]', 'PDPTE[0]', 'PDE[0]', 'PTE[66]');
    assert.equal(upper.label, 'PTE[66] 0xffffff8000042000');
    assert.deepEqual([upper.value, upper.children], ['0xffffff8000042000', 'none']);
  });

  it('are the entries in host memory', async () => {
    const { target, rows } = await stopped(GUEST);
    const [root] = rows('tables');
    assert.ok(root);
    const path = ['PML4E[0]', 'PDPTE[0]', 'PDE[0]', 'PTE[64]'];
    const place = Number(down(rows, root, ...path).memoryReference?.slice('hpa:'.length));
    target.computer.memory.write64(place, 0n);
    assert.equal(
      rows(down(rows, root, ...path.slice(0, 3)).id).some(({ label }) =>
        label.startsWith('PTE[64]'),
      ),
      false,
    );
  });

  it('stand by level, each for a table of the guest’s, with the writes that it has seen', async () => {
    const { target, rows } = await stopped(`${GUEST}
        mov dword [0x13000 + 0x44 * 8], 0x50003`);
    const levels = rows('tables').filter(({ label }) => label.startsWith('level'));
    assert.deepEqual(
      levels.map(({ label }) => label),
      ['level 3: tables of PDPTEs', 'level 2: tables of PDEs', 'level 1: tables of PTEs'],
    );
    const tables = rows('tables/level/1');
    assert.equal(tables.length, Number(levels.at(-1)?.description?.split(' ')[0]));
    const table = tables.find(({ description }) => description?.startsWith('GPA 0x13000'));
    const { pages } = target.monitor?.host.shadow?.save().tables ?? { pages: [] };
    const page = pages.find(({ frame }) => `0x${frame.toString(16)}` === table?.value);
    assert.equal(page?.writes, 1);
    assert.match(table?.description ?? '', /^GPA 0x13000, \d entries, 1 write, WUX, 4-level/);
    assert.ok(tables.some(({ description }) => description?.startsWith('no table of the guest’s')));
    const entries = rows(table?.id);
    assert.ok(entries.every(({ label }) => /^PTE\[\d+\]$/.test(label)));
  });

  it('are told from what the monitor has there for itself', async () => {
    const { target, rows } = await stopped(GUEST);
    const [root] = rows('tables');
    assert.ok(root);
    target.computer.memory.write64(Number(root.value) + 256 * 8, 0x2003n);
    const own = find(rows(root.id), 'PML4E[256] 0xffff800000000000');
    assert.deepEqual(
      [own.description, own.children],
      ['→ HPA 0x2000 the monitor’s own P W', 'none'],
    );
  });

  it('come in portions', async () => {
    const { rows } = await stopped(`mov esi, 0x100000
.touch: mov al, [rsi]
        add esi, 0x1000
        cmp esi, 0x1a0000
        jb .touch`);
    const [root] = rows('tables');
    assert.ok(root);
    const table = down(rows, root, 'PML4E[0]', 'PDPTE[0]', 'PDE[0]');
    const first = rows(table.id);
    assert.equal(first.length, 101);
    const rest = rows(first.at(-1)?.id);
    assert.ok(rest.length >= 60 && rest.every(({ id }) => !first.some((row) => row.id === id)));
    assert.match(rest.at(-1)?.label ?? '', /^PTE\[\d+\] 0x19f000$/);
  });

  it('are there, too, when what is to be translated is no address', async () => {
    const { views } = await stopped(GUEST);
    const view = views.rows({ view: 'translation', focus: 'guest', address: 'nonsense' });
    assert.match(view.message ?? '', /nonsense/);
    assert.deepEqual(
      view.rows.map(({ label }) => label),
      ['shadow tables'],
    );
  });

  it('are none while software executes the guest, and no row at all with EPT', async () => {
    const program = await assembleText('org 0x7c00\nbits 16\njmp $');
    const at = (paging: 'shadow' | 'ept'): Target =>
      new Target(new Machine(flatImage(program), { monitor: 'vtx', paging, memory: 4 << 20 }), [
        program,
      ]);
    const rows = (target: Target, node?: string): Row[] =>
      new Views(target, () => 0n).rows({ view: 'translation', focus: 'guest', node }).rows;
    assert.match(rows(at('shadow')).at(-1)?.description ?? '', /^0 tables, \d+ frames free$/);
    assert.equal(rows(at('shadow'), 'tables')[0]?.label, 'none yet');
    assert.ok(rows(at('ept')).every(({ id }) => id !== 'tables'));
  });

  it('are looked at without a trace', async () => {
    const { target, rows } = await stopped(GUEST);
    const before = target.machine.stateHash;
    const all = (list: readonly Row[]): void => {
      for (const { id, children } of list) if (children !== 'none') all(rows(id));
    };
    all(rows('tables'));
    assert.equal(target.machine.stateHash, before);
  });
});

import assert from 'node:assert/strict';
import { LONG } from '../../machine/long-mode.testing';
import { assembleText, flatImage, Machine, MachineRun, type MachineOptions } from '../../session';
import { Target } from '../target';
import type { Row, ViewRequest } from './row';
import { tlbRows } from './tlb-view';

/** Guests in long mode that stop at `hlt` with something in their TLB. */

const ENTRY = '0x13000 + 0x40 * 8';
/** The page at 40000H leads to 50000H, and is in the TLB for writes. */
const FILLED = `mov dword [${ENTRY}], 0x50003
        invlpg [0x40000]
        mov byte [0x40000], 1\n`;

/** Runs the body, and stops in the guest: at the end of a run that `jmp $` makes endless. */
async function stopped(
  body: string,
  options: Partial<MachineOptions> = {},
  user = '',
): Promise<Target> {
  const program = await assembleText(LONG(`${body}\n jmp $`, '', user));
  const machine = new Machine(flatImage(program), {
    monitor: 'vtx',
    memory: 4 << 20,
    intercepts: [],
    ...options,
  });
  const run = new MachineRun(machine);
  while (machine.computer.processor.work < 100_000) run.turn(10, 100_000);
  const target = new Target(machine, [program]);
  assert.equal(target.side, machine.options.monitor === 'none' ? 'bare' : 'guest');
  return target;
}

const view = (target: Target, more: Partial<ViewRequest> = {}) =>
  tlbRows(target, { view: 'tlb', focus: 'guest', ...more });

/** The rows for a linear page, of all sets. */
function at(target: Target, linear: string, more: Partial<ViewRequest> = {}): Row[] {
  return view(target)
    .rows.flatMap(({ id }) => view(target, { node: id, ...more }).rows)
    .filter(({ label }) => label === linear);
}

const hostOf = (target: Target, guestPhysical: bigint): string =>
  `HPA 0x${(target.memory.hostAddress('gpa', guestPhysical) ?? 0).toString(16)}`;

describe('the TLB view', function () {
  this.timeout(60_000);

  for (const [name, options] of [
    ['under VT-x with EPT', {}],
    ['under VT-x with shadow tables', { paging: 'shadow' }],
    ['in software', { monitor: 'emulate' }],
    ['on the bare computer', { monitor: 'none' }],
  ] as const) {
    it(`shows what is held, and nothing as stale that the tables still give (${name})`, async () => {
      const target = await stopped(FILLED, options);
      const [row] = at(target, '0x40000');
      assert.equal(row?.description, `RW → ${hostOf(target, 0x50000n)}`);
      assert.equal(row.severity, undefined);
      const code = at(target, '0x7000').map(({ description }) => description);
      assert.ok(code.includes(`X → ${hostOf(target, 0x7000n)}`), code.join());
      assert.doesNotMatch(view(target).summary ?? '', /stale/);
    });
  }

  it('calls an entry stale whose table has been edited, until INVLPG', async () => {
    const edited = `${FILLED} mov dword [${ENTRY}], 0x51003\n`;
    const target = await stopped(edited);
    const [row] = at(target, '0x40000');
    const [held, now] = [hostOf(target, 0x50000n), hostOf(target, 0x51000n)];
    assert.equal(row?.description, `stale RW → ${held} · now RW → ${now}`);
    assert.equal(row.severity, 'warning');
    assert.match(row.tooltip ?? '', /A walk of them gives now: RW → HPA 0x/);
    assert.match(view(target).summary ?? '', /^\d+ entries, 1 stale$/);
    const [first] = view(target, { node: 'set/1s' }).rows;
    assert.equal(first?.label, '0x40000', 'stale ones come first');

    const dropped = await stopped(`${edited} invlpg [0x40000]\n`);
    assert.deepEqual(at(dropped, '0x40000'), []);
    assert.doesNotMatch(view(dropped).summary ?? '', /stale/);
  });

  it('says what a walk meets where the access is not allowed any more', async () => {
    const now = async (entry: string): Promise<string> => {
      const target = await stopped(`${FILLED} mov dword [${ENTRY}], ${entry}\n`);
      return at(target, '0x40000')[0]?.description?.split(' · ')[1] ?? '';
    };
    assert.equal(await now('0'), 'now #PF: not present');
    assert.match(await now('0x50001'), /^now R → HPA 0x\w+$/);
  });

  it('judges user entries by the rights of user mode', async () => {
    const user = `mov al, [0x40000]\n and dword [${ENTRY}], ~4\n jmp $`;
    const target = await stopped(
      `mov dword [${ENTRY}], 0x50007\n mov ebx, user\n jmp to_user`,
      {},
      user,
    );
    const [row] = at(target, '0x40000');
    assert.match(
      row?.description ?? '',
      /^stale R → HPA 0x\w+ · now #PF: only for the supervisor$/,
    );
    assert.ok(at(target, '0x9000').some(({ id }) => id.startsWith('set/1u/x/')));
  });

  it('tells global and large pages', async () => {
    const target = await stopped(`mov rax, cr4
        or al, 0x80
        mov cr4, rax
        mov dword [0x12008], 0x200183
        mov al, [0x200000 + 0x3000]`);
    assert.match(at(target, '0x203000')[0]?.description ?? '', /^R → HPA 0x\w+ G 2M$/);
  });

  it('judges by the second level, too', async () => {
    const target = await stopped(FILLED);
    const { vm } = target.machine;
    const steps: number[] = [];
    target.memory.secondLevel?.walk(
      0x50000n,
      { write: false, execute: false, user: false },
      ({ entryAddress }) => steps.push(entryAddress),
    );
    const entry = steps.at(-1) ?? 0;
    const told = (without: bigint): string => {
      vm?.computer.memory.write64(entry, vm.computer.memory.read64(entry) & ~without);
      return at(target, '0x40000')[0]?.description ?? '';
    };
    assert.match(told(2n), /^stale RW .* now R → HPA/);
    assert.match(told(7n), /^stale RW .* now EPT violation/);
  });

  it('has the tag and the PCID with each set, and which world is which', async () => {
    const group = async (body: string, options: Partial<MachineOptions> = {}) => {
      const row = view(await stopped(body, options)).rows.find(({ id }) => id === 'set/1s');
      return [row?.label, row?.description?.replace(/^\d+ (entries|entry), /, ''), row?.children];
    };
    const label = 'Guest, supervisor mode';
    assert.deepEqual(await group(FILLED), [label, 'VPID 1', 'expanded']);
    assert.deepEqual(await group(FILLED, { tlbTags: false }), [label, 'no VPID', 'expanded']);
    const pcid = 'mov rax, cr4\n bts rax, 17\n mov cr4, rax\n mov eax, 0x10005\n mov cr3, rax\n';
    assert.deepEqual(await group(pcid), [label, 'VPID 1, PCID 0x5', 'expanded']);
    const bare = view(await stopped(FILLED, { monitor: 'none' })).rows;
    assert.deepEqual(
      bare.map(({ label }) => label),
      ['Supervisor mode'],
    );
  });

  it('has what software translates for the guest, by the guest’s own tables', async () => {
    const real = 'org 0x7c00\nbits 16\nmov ax, [0x8000]\njmp $';
    const program = await assembleText(real);
    for (const options of [
      { monitor: 'emulate', paging: 'ept' },
      { monitor: 'vtx', paging: 'shadow' },
    ] as const) {
      const machine = new Machine(flatImage(program), { ...options, memory: 4 << 20 });
      new MachineRun(machine).turn(1000, 1000);
      const target = new Target(machine, [program]);
      const [row] = view(target).rows.filter(({ id }) => id === 'set/1s');
      assert.equal(row?.description, '2 entries, in software', options.monitor);
      assert.equal(row.children, 'expanded');
      assert.equal(at(target, '0x8000')[0]?.description, `RW → ${hostOf(target, 0x8000n)}`);
    }
  });

  it('shows many entries in portions, and those only that a person asks for', async () => {
    const target = await stopped(`${FILLED} mov esi, 0x80000
.read:  mov al, [rsi]
        add esi, 0x1000
        cmp esi, 0x180000
        jb .read`);
    const rows = view(target, { node: 'set/1s' }).rows;
    assert.equal(rows.length, 201);
    assert.equal(rows.at(-1)?.label, 'more');
    const rest = view(target, { node: rows.at(-1)?.id }).rows;
    assert.ok(rest.length > 20 && rest.every(({ id }) => !rows.some((row) => row.id === id)));
    const filtered = view(target, { node: 'set/1s', filter: 'rw' }).rows;
    assert.ok(filtered.some(({ label }) => label === '0x40000'));
    assert.ok(filtered.every(({ description }) => description?.startsWith('RW')));
    assert.match(view(target, { filter: 'zzz' }).message ?? '', /“zzz”/);
  });

  it('says so where there is nothing', async () => {
    const program = await assembleText('org 0x7c00\nbits 16\nhlt');
    const machine = new Machine(flatImage(program), { monitor: 'none', memory: 4 << 20 });
    assert.equal(view(new Target(machine, [program])).message, 'The TLB is empty.');
  });

  it('changes nothing', async () => {
    const target = await stopped(`${FILLED} mov dword [${ENTRY}], 0x51003\n`);
    const before = target.machine.stateHash;
    for (const { id } of view(target).rows) view(target, { node: id });
    assert.equal(target.machine.stateHash, before);
  });
});

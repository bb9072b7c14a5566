import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Field } from '../../isa/vmx/fields';
import { assembleText, flatImage, Machine, MachineRun, type MachineOptions } from '../../session';
import { Target } from '../target';
import type { Row, ViewName } from './row';
import { Views } from './views';

/** The views read the machine's own memory: a guest is run, and its rows are looked at. */

const KERNEL = join(__dirname, '../../../samples/rings/kernel.asm');

async function boot(
  options: Partial<MachineOptions> = {},
): Promise<{ target: Target; views: Views }> {
  const program = await assembleText(readFileSync(KERNEL, 'utf8'));
  const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 4 << 20, ...options });
  const target = new Target(machine, [program]);
  return { target, views: new Views(target, (text) => BigInt(text)) };
}

/** Runs to the n-th VM exit and stops before the monitor's first operation. */
function runToExit(target: Target, n: number): void {
  const run = new MachineRun(target.machine);
  for (let exits = 0; ;) {
    const stop = run.inMonitor ? run.operate() : run.execute(1_000_000);
    if (stop?.kind === 'exit' && ++exits === n) return;
  }
}

function rows(views: Views, view: ViewName, node?: string, address?: string): Row[] {
  return views.rows({ view, focus: 'guest', node, address }).rows;
}

const labelled = (list: readonly Row[], label: string): Row => {
  const row = list.find((r) => r.label === label);
  assert.ok(row, `${label} in ${list.map((r) => r.label).join()}`);
  return row;
};

describe('views', () => {
  it('registers: guest and host side by side, changes marked at the next stop only', async () => {
    const { target, views } = await boot();
    views.atStop();
    runToExit(target, 1);
    views.atStop();
    const rip = labelled(rows(views, 'registers', 'pointers'), 'rip');
    assert.match(
      rip.description ?? '',
      /^guest 0x7c[0-9a-f]+ <start\+0x[0-9a-f]+> · host 0xffff800000001000$/,
    );
    assert.equal(rip.changed, true);
    views.atStop();
    assert.equal(labelled(rows(views, 'registers', 'pointers'), 'rip').changed, undefined);
  });

  it('registers: general ones are the guest’s alone while it has control', async () => {
    const { target, views } = await boot();
    const rax = (): string | undefined =>
      labelled(rows(views, 'registers', 'general'), 'rax').description;
    runToExit(target, 1);
    assert.match(rax() ?? '', /^guest 0x\w+ · host 0x\w+$/);
    target.monitor?.finish();
    assert.equal(target.side, 'guest');
    assert.match(rax() ?? '', /^0x\w+$/);
  });

  it('registers: an edit goes to where the register lies now', async () => {
    const { target, views } = await boot();
    runToExit(target, 1);
    target.monitor?.step(); // the monitor has saved the guest's registers
    views.edit({ view: 'registers', focus: 'guest', node: 'general/rbx' }, '0x1234');
    assert.equal(target.guest.gpr(3), 0x1234n);
    assert.notEqual(target.computer.processor.state.gpr(3), 0x1234n);
    target.monitor?.finish();
    assert.equal(target.computer.processor.state.gpr(3), 0x1234n);
  });

  it('registers: flags and control registers bit by bit', async () => {
    const { target, views } = await boot();
    runToExit(target, 6); // behind the switch to long mode
    const bits = rows(views, 'registers', 'control/efer');
    assert.equal(labelled(bits, 'LME [8]').description, '1');
    assert.ok(bits.every((row) => row.tooltip?.includes('SDM')));
  });

  it('registers: the TSS of a guest in long mode is one of 64 bits', async () => {
    const { target, views } = await boot();
    const tr = () => labelled(rows(views, 'registers', 'segments'), 'tr').description ?? '';
    runToExit(target, 1);
    assert.match(tr(), /^guest 0x\w+ ring 0, 32-bit TSS, busy/);
    runToExit(target, 20);
    assert.match(tr(), /^guest 0x\w+ ring 0, 64-bit TSS, busy/);
  });

  it('VMCS: there is no reason before the first VM exit', async () => {
    const { target, views } = await boot();
    const why = (): string => labelled(rows(views, 'vmcs'), 'Why we are here').description ?? '';
    new MachineRun(target.machine).execute(3);
    assert.equal(why(), 'no VM exit yet');
    runToExit(target, 1);
    assert.match(why(), /^\d+: /);
  });

  it('VMCS: why we are here, each field with encoding and bits, allowed settings of controls', async () => {
    const { target, views } = await boot();
    runToExit(target, 1);
    const [next, why] = rows(views, 'vmcs');
    assert.equal(next?.label, 'Next VM entry');
    assert.equal(why?.label, 'Why we are here');
    assert.match(why.description ?? '', /^28: Control-register accesses \(MOV CR0, RAX\)$/);
    const fields = rows(views, 'vmcs', 'exit');
    const [reason, qualification] = fields;
    assert.equal(reason?.label, 'Exit reason');
    assert.equal(reason.description, '0x1c  Control-register accesses');
    assert.equal(qualification?.label, 'Exit qualification');
    assert.match(reason.tooltip ?? '', /encoding 0x4402/);
    const bits = rows(views, 'vmcs', 'execution/CPU_BASED_VM_EXEC_CONTROL');
    assert.equal(labelled(bits, 'HLT exiting [7]').description, '1 (may be 0 or 1)');
  });

  it('VMCS: after a failed entry, which checks failed, what was found and what is allowed', async () => {
    const { target, views } = await boot();
    runToExit(target, 1);
    views.edit({ view: 'vmcs', focus: 'guest', node: 'guest/GUEST_CS_AR_BYTES' }, '0x90');
    target.monitor?.finish();
    const [failed] = rows(views, 'vmcs');
    assert.equal(failed?.label, 'Why entry failed');
    const [check] = rows(views, 'vmcs', 'failure');
    assert.ok(check);
    assert.match(check.label, /CS/);
    assert.equal(check.severity, 'error');
    const parts = rows(views, 'vmcs', check.id).map((row) => row.label);
    assert.deepEqual(parts.slice(0, 2), ['found', 'allowed']);
    assert.ok(parts.includes('field'));
  });

  it('translation: four levels under EPT cost twenty-four references', async () => {
    const { target, views } = await boot();
    runToExit(target, 8);
    const list = rows(views, 'translation', undefined, '0x7c00');
    assert.equal(labelled(list, 'memory references').description, '24');
    const last = list.find((row) => row.label.startsWith('= HPA'));
    const host = Number(last?.value);
    assert.deepEqual(
      target.computer.memory.readBytes(host, 4),
      target.memory.read('gva', 0x7c00n, 4).data,
    );
    assert.equal(rows(views, 'translation', 'step/0/ept', '0x7c00').length, 4);
  });

  it('translation: a page that is not there says which fault, and who receives it', async () => {
    const { target, views } = await boot();
    runToExit(target, 8);
    const fault = rows(views, 'translation', undefined, '0x40000').find(
      (row) => row.id === 'fault',
    );
    assert.match(fault?.label ?? '', /^#PF \(0x0/);
    assert.match(fault?.description ?? '', /not present at level 1/);
  });

  /** Stopped in ring 3 at the instruction that writes to a page that is not there. */
  async function atUserFault(): Promise<{ target: Target; views: Views }> {
    const { target, views } = await boot();
    target.events.asks = ({ vector }) => vector === 14;
    const run = new MachineRun(target.machine);
    for (;;) {
      const stop = run.inMonitor ? run.operate() : run.execute(1_000_000);
      if (stop?.kind === 'raised') return { target, views };
    }
  }

  it('translation: without an address it is the operand at RIP, with its access and privilege', async () => {
    const { views } = await atUserFault();
    const list = rows(views, 'translation');
    const [address] = list;
    assert.equal(address?.label, 'GVA 0x40000');
    assert.equal(address.description, 'write, user mode, from [rbx]');
    const fault = list.find((row) => row.id === 'fault');
    assert.match(fault?.label ?? '', /^#PF \(0x6 /);
  });

  it('translation: world, privilege and access can be named', async () => {
    const { views } = await atUserFault();
    const code = (text: string): string | undefined =>
      rows(views, 'translation', undefined, text).find((row) => row.id === 'fault')?.label;
    assert.match(code('0x40000') ?? '', /^#PF \(0x6 /);
    assert.match(code('supervisor read 0x40000') ?? '', /^#PF \(0x0\)/);
    assert.equal(code('supervisor read 0x8000'), undefined);
    assert.match(code('user read 0x8000') ?? '', /^#PF \(0x5 /);
    // Words end at a blank: `guest.rsp` is an expression.
    const dotted = views.rows({ view: 'translation', focus: 'guest', address: 'guest.rsp' });
    assert.match(dotted.message ?? '', /guest\.rsp/);
    const [host] = rows(views, 'translation', undefined, 'host 0xffff800000001000');
    assert.equal(host?.label, 'HVA 0xffff800000001000');
  });

  it('translation: what may be done there, at this privilege level', async () => {
    const { views } = await atUserFault();
    const rights = (text: string): string | undefined =>
      rows(views, 'translation', undefined, text).find((row) => row.id === 'rights')?.description;
    assert.equal(rights('supervisor read 0x8000'), 'read, write, execute');
    assert.equal(rights('0x8000'), 'nothing');
  });

  it('translation: an address that is not canonical never comes to the tables', async () => {
    const { views } = await atUserFault();
    const list = rows(views, 'translation', undefined, '0x800000000000');
    assert.deepEqual(
      list.map((row) => row.description),
      ['read, user mode', 'not canonical: #GP(0) before any walk'],
    );
  });

  it('translation: an address of more than 64 bits is refused, not cut', async () => {
    const { views } = await atUserFault();
    const wide = { view: 'translation', focus: 'guest', address: '0x10000000000007c00' } as const;
    assert.equal(
      views.rows(wide).message,
      '0x10000000000007c00 has more than the 64 bits of a linear address.',
    );
  });

  it('translation: first of the suggestions are the operands of the present instruction', async () => {
    const { views } = await atUserFault();
    const [first, second] = rows(views, 'translation', 'suggestions');
    assert.deepEqual([first?.expression, first?.label], ['operand 1', '[rbx]']);
    assert.equal(first?.description, '0x40000, write, ring 3');
    assert.equal(second?.expression, 'rip');
    const [address] = rows(views, 'translation', undefined, 'operand 1');
    assert.equal(address?.value, '0x40000');
  });

  it('translation: what is no address is said, not thrown', async () => {
    const { views } = await boot();
    assert.match(
      views.rows({ view: 'translation', focus: 'guest', address: 'nonsense' }).message ?? '',
      /nonsense/,
    );
  });

  it('TLB: what the guest left there at a VM exit, for as long as it has a tag', async () => {
    const groups = async (tlbTags: boolean): Promise<(string | undefined)[]> => {
      const { target, views } = await boot({ tlbTags });
      runToExit(target, 8);
      return rows(views, 'tlb')
        .filter(({ label }) => label.startsWith('Guest'))
        .map(({ description }) => description);
    };
    const [supervisor] = await groups(true);
    assert.match(supervisor ?? '', /^\d+ entries, VPID 1$/);
    assert.deepEqual(await groups(false), []);
  });

  it('exits: newest first, grouped by reason on request, filtered', async () => {
    const { target, views } = await boot();
    runToExit(target, 8);
    const all = rows(views, 'exits');
    assert.equal(all.length, 8);
    assert.match(all[0]?.label ?? '', /^#8 /);
    const groups = views.rows({ view: 'exits', focus: 'guest', groupByReason: true });
    const total = groups.rows.reduce((sum, row) => sum + Number(row.description), 0);
    assert.equal(total, 8);
    assert.equal(groups.summary, '8 VM exits');
    const filtered = views.rows({ view: 'exits', focus: 'guest', filter: 'wrmsr' }).rows;
    assert.ok(filtered.length >= 1 && filtered.every((row) => /WRMSR/.test(row.label)));
    const details = rows(views, 'exits', 'exit/1').map((row) => row.label);
    assert.ok(details.includes('instruction') && details.includes('exit qualification'));
    assert.equal(
      target.computer.processor.vmx.current?.readNumber(Field.VM_EXIT_REASON) !== 0,
      true,
    );
  });
});

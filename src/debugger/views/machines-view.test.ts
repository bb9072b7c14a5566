import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun } from '../../session';
import { Target } from '../target';
import type { Row } from './row';
import { Views } from './views';

const RESTING = 'org 0x7c00\nbits 16\nstart: sti\nhlt\njmp start';
const BUSY =
  'org 0x7c00\nbits 16\nmov ecx, 9000\nagain: dec ecx\njnz again\nmov al, 1\nout 0xf4, al';

async function looking(
  sources: readonly string[],
  monitor: 'vtx' | 'none' | 'deprivilege' = 'vtx',
) {
  const programs = await Promise.all(sources.map((source) => assembleText(source)));
  const [first, ...rest] = programs;
  assert.ok(first);
  const others = rest.map((each) => ({ image: flatImage(each), memory: 1 << 20 }));
  const machine = new Machine(flatImage(first), { monitor, memory: 2 << 20, others });
  const targets = programs.map((each, n) => new Target(machine, [each], [], n));
  const names = ['one', 'two'];
  const [target] = targets;
  assert.ok(target);
  const views = new Views(target, () => 0n, { targets, names });
  const rows = (node?: string): readonly Row[] =>
    views.rows({ view: 'machines', focus: 'guest', node }).rows;
  return { machine, run: new MachineRun(machine), views, rows };
}

const texts = (rows: readonly Row[]): string[] =>
  rows.map(({ label, description = '' }) => `${label}: ${description}`);

describe('the view of virtual machines', () => {
  it('tells whose turn it is, and who waits for what', async () => {
    const { rows, run } = await looking([RESTING, BUSY]);
    assert.deepEqual(texts(rows()), ['one: has the processor', 'two: waits for its turn']);
    run.turn(1000, 5000);
    assert.deepEqual(texts(rows()), ['one: waits for an interrupt', 'two: has the processor']);
    while (run.turn(1000, 100_000).kind !== 'guest-ended');
    assert.match(texts(rows())[1] ?? '', /^two: has ended: exit device/);
  });

  it('shows each part from where it lies in the machine', async () => {
    const { rows, machine } = await looking([RESTING, BUSY]);
    assert.deepEqual(
      rows('vm/1').map(({ id }) => id),
      ['vm/1/vcpu', 'vm/1/memory', 'vm/1/devices'],
    );
    const [one, two] = machine.vms?.all ?? [];
    assert.ok(one && two);
    const vmcs = (text: string[]): string | undefined => text.find((each) => /^VMCS/.test(each));
    assert.equal(
      vmcs(texts(rows('vm/1/vcpu'))),
      `VMCS: host-physical 0x${(two.host.vmcs ?? 0).toString(16)}`,
    );
    assert.notEqual(vmcs(texts(rows('vm/0/vcpu'))), vmcs(texts(rows('vm/1/vcpu'))));
    const frame = two.guestMemory.hostAddress(0x1000n) ?? 0;
    assert.ok(texts(rows('vm/1/memory')).includes(`0x1000: host-physical 0x${frame.toString(16)}`));
    assert.notEqual(one.guestMemory.hostAddress(0x1000n), frame);
    assert.ok(texts(rows('vm/0/devices')).some((each) => /^timer \(IRQ 0\): /.test(each)));
  });

  it('has a guest alone, too, and none on the bare computer', async () => {
    const alone = await looking([BUSY], 'deprivilege');
    assert.deepEqual(texts(alone.rows()), ['one: has the processor']);
    const bare = await looking([BUSY], 'none');
    const { rows, message } = bare.views.rows({ view: 'machines', focus: 'guest' });
    assert.deepEqual(rows, []);
    assert.match(message ?? '', /bare computer/);
  });

  it('knows of no other row', async () => {
    const { rows } = await looking([BUSY]);
    for (const node of ['vm/7', 'vm/x', 'else', 'vm/0/else']) assert.deepEqual(rows(node), []);
  });
});

import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun } from '../../../session';
import { Target } from '../../target';
import type { Row, ViewRequest } from '../../views/row';
import { Views } from '../../views/views';

/** At a CPUID exit of a guest in real mode, with the views of a stop before it. */
async function atExit() {
  const program = await assembleText('org 0x7c00\nbits 16\nmov ax, 0x1234\nmov es, ax\ncpuid\nhlt');
  const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 1 << 20 });
  const target = new Target(machine, [program]);
  const views = new Views(target, () => 0n);
  const run = new MachineRun(machine);
  while (!run.inMonitor) run.execute(1);
  views.atStop();
  return (node?: string, more: Partial<ViewRequest> = {}): Row[] =>
    views.rows({ view: 'vmcs', focus: 'host', node, ...more }).rows;
}

const labels = (rows: readonly Row[]): string[] => rows.map(({ label }) => label);

describe('rows of the VMCS', () => {
  it('a register that is several fields stands in one place', async () => {
    const rows = await atExit();
    const guest = rows('guest');
    for (const name of ['ES', 'CS', 'TR', 'LDTR', 'GDTR', 'IDTR']) {
      assert.equal(guest.filter(({ label }) => label === name).length, 1, name);
    }
    const es = guest.find(({ label }) => label === 'ES');
    assert.equal(
      es?.description,
      'selector: 0x1234, base: 0x12340, limit: 0xffff, access rights: 0x93',
    );
    assert.deepEqual(labels(rows(es.id)), [
      'Guest ES selector',
      'Guest ES base',
      'Guest ES limit',
      'Guest ES access rights',
    ]);
    assert.ok(guest.every(({ label }) => !label.startsWith('Guest ES')));
    const ids = ['guest', 'host'].flatMap((node) => rows(node)).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(labels(rows('host')).includes('Host CS selector'), 'all of it is one field');
    assert.equal(rows('host').find(({ label }) => label === 'TR')?.children, 'collapsed');
  });

  it('only what has changed, where that is asked for', async () => {
    const rows = await atExit();
    const only = { changedOnly: true };
    const top = labels(rows(undefined, only));
    assert.ok(top.includes('Guest state') && top.includes('Next VM entry'));
    assert.ok(!top.includes('Host state') && !top.includes('The raw region'));
    const guest = rows('guest', only);
    assert.ok(guest.length > 0 && guest.length < 8, labels(guest).join());
    assert.ok(labels(guest).includes('Guest RIP') && !labels(guest).includes('Guest CR0'));
    const registers = guest.filter(({ children, label }) => children !== 'none' && label === 'ES');
    assert.equal(registers.length, 1);
    assert.deepEqual(labels(rows('guest.ES', only)), ['Guest ES selector', 'Guest ES base']);
  });

  it('a field that the VM exit leaves undefined is marked', async () => {
    const rows = await atExit();
    const exit = rows('exit');
    const marked = exit.filter(({ dimmed }) => dimmed).map(({ label }) => label);
    assert.ok(marked.includes('Guest-physical address'));
    assert.ok(!marked.includes('VM-exit instruction length'));
    const address = exit.find(({ label }) => label === 'Guest-physical address');
    assert.equal(address?.description, '0x0  undefined after this VM exit');
    assert.ok(rows('guest').every(({ dimmed }) => !dimmed));
  });
});

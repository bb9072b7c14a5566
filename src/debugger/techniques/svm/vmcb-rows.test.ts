import assert from 'node:assert/strict';
import { evaluate, presentContext } from '../../expressions';
import type { Row, ViewRequest } from '../../views/row';
import { Views } from '../../views/views';
import type { Debuggee } from '../../debuggee';
import { ownSvm, untilSide, untilVmrun } from './own-hypervisor.testing';

type Look = (node?: string, more?: Partial<ViewRequest>) => Row[];

function looking({ target }: Debuggee): { views: Views; rows: Look } {
  const views = new Views(target, (text) => BigInt(text));
  const rows: Look = (node, more = {}) =>
    views.rows({ view: 'vmcs', focus: 'host', node, ...more }).rows;
  return { views, rows };
}

const find = (rows: readonly Row[], id: string): Row | undefined =>
  rows.find((row) => row.id === id);

describe('rows of a VMCB', () => {
  it('there are none before VMRUN names one; the view is then called VMCB', async () => {
    const debuggee = await ownSvm();
    const { views } = looking(debuggee);
    const view = (): ReturnType<Views['rows']> => views.rows({ view: 'vmcs', focus: 'host' });
    assert.deepEqual(view(), {
      rows: [],
      message: 'There is no VMCB yet: VMRUN names it in rAX.',
    });
    untilVmrun(debuggee);
    assert.equal(view().title, 'VMCB');
    assert.equal(find(view().rows, 'exit')?.description, 'no #VMEXIT yet');
  });

  it('why we are here, intercepts bit by bit, a segment in one place, and every field once', async () => {
    const debuggee = await ownSvm();
    untilSide(debuggee, 'guest');
    untilSide(debuggee, 'hypervisor');
    const { rows } = looking(debuggee);
    assert.equal(find(rows(), 'exit')?.description, '0x72: CPUID');
    assert.equal(find(rows('exit'), 'exit/EXITCODE')?.description, '0x72  CPUID (VMEXIT_CPUID)');
    const bits = rows('intercepts/INTERCEPT_VECTOR_3');
    assert.deepEqual(
      bits.filter(({ description }) => description === '1').map(({ label }) => label),
      ['CPUID [18]', 'HLT [24]', 'IOIO_PROT [27]'],
    );
    const cs = find(rows('guest'), 'guest.CS');
    assert.match(cs?.description ?? '', /^selector: 0x0, base: 0x0, limit: 0xffff, attributes: /);
    assert.equal(rows('guest.CS').length, 4);
    const groups = rows().filter(({ id }) => !['next', 'raw'].includes(id));
    const fields = groups
      .flatMap(({ id }) => rows(id))
      .flatMap((row) => (row.id.includes('/') ? [row] : rows(row.id)));
    const names = fields.map(({ id }) => id.replace(/^.*\//, ''));
    assert.equal(new Set(names).size, names.length);
    assert.ok(names.length > 100, String(names.length));
  });

  it('changed fields only, with those of the exit', async () => {
    const debuggee = await ownSvm();
    const { views, rows } = looking(debuggee);
    untilVmrun(debuggee);
    views.atStop();
    untilSide(debuggee, 'guest');
    untilSide(debuggee, 'hypervisor');
    views.atStop();
    const groups = rows(undefined, { changedOnly: true }).map(({ id }) => id);
    assert.deepEqual(groups, ['next', 'exit', 'guest']);
    const changed = rows('guest', { changedOnly: true }).map(({ id }) => id);
    assert.ok(changed.includes('guest/RIP') && !changed.includes('guest/CR3'), changed.join());
  });

  it('tells before VMRUN whether it will pass, and what it will fail for; fields have expressions', async () => {
    const debuggee = await ownSvm();
    untilVmrun(debuggee);
    const { machine, target } = debuggee;
    const { views, rows } = looking(debuggee);
    const hash = machine.stateHash;
    assert.equal(find(rows(), 'next')?.icon, 'pass');
    assert.equal(machine.stateHash, hash, 'looking changes nothing');
    assert.equal(evaluate('vmcb.guest_asid', presentContext(target)).value, 1n);
    assert.throws(() => evaluate('vmcs.guest_rip', presentContext(target)), /VMCS/);
    views.edit({ view: 'vmcs', focus: 'host', node: 'translation/GUEST_ASID' }, '0');
    const [check] = rows('next');
    assert.equal(find(rows(), 'next')?.severity, 'warning');
    assert.equal(check?.label, 'Guest ASID: 0x0');
    const parts = rows('next/0').map(({ label, description }) => `${label}: ${description ?? ''}`);
    assert.deepEqual(parts, [
      'found: Guest ASID: 0x0',
      'allowed: not 0: ASID 0 is that of the host',
      'field: Guest ASID: 0x0',
      'last written: by you',
      'manual: APM 2 15.5.1',
    ]);
    machine.computer.processor.run(1);
    assert.equal(target.transitions.last, 'entry-failure');
    assert.equal(rows()[0]?.label, 'Why VMRUN failed');
    assert.equal(find(rows(), 'exit')?.description, 'VMEXIT_INVALID: Invalid guest state');
  });

  it('says nothing of the next VMRUN while the guest runs', async () => {
    const debuggee = await ownSvm();
    untilSide(debuggee, 'guest');
    assert.equal(find(looking(debuggee).rows(), 'next'), undefined);
  });
});

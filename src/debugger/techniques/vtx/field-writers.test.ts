import assert from 'node:assert/strict';
import { assembleText, flatImage, Machine, MachineRun } from '../../../session';
import { Target } from '../../target';
import type { Row } from '../../views/row';
import { Views } from '../../views/views';
import { ownHypervisor } from './own-hypervisor.testing';

const never = (): bigint => 0n;

/** What stands below the checks that the next VM entry would fail: who wrote which field. */
function writers(target: Target): Map<string, Row> {
  const views = new Views(target, never);
  const rows = (node: string): Row[] => views.rows({ view: 'vmcs', focus: 'host', node }).rows;
  const found = new Map<string, Row>();
  for (const { id } of rows('next')) {
    for (const row of rows(id)) {
      if (row.id.endsWith('.writer')) found.set(row.id.replace(/^.*\/|\.writer$/g, ''), row);
    }
  }
  return found;
}

function write(target: Target, name: string, value: (before: bigint) => bigint): void {
  const field = target.technique.structure?.field(name);
  assert.ok(field);
  field.write(value(field.read()));
}

describe('who wrote a field of the VMCS', () => {
  it('under the built-in monitor: an operation, or somebody at the debugger', async () => {
    const program = await assembleText('org 0x7c00\nbits 16\ncpuid\nhlt');
    const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 1 << 20 });
    const target = new Target(machine, [program]);
    const run = new MachineRun(machine);
    while (run.inMonitor) run.operate();
    while (!run.inMonitor) run.execute(1);
    assert.equal(writers(target).size, 0, 'nothing fails');
    write(target, 'VM_EXIT_CONTROLS', (before) => before & ~0x200n); // not to a 64-bit host
    const found = writers(target);
    assert.equal(found.get('VM_EXIT_CONTROLS')?.description, 'by you');
    const efer = found.get('HOST_IA32_EFER');
    assert.match(efer?.description ?? '', /^vmcs-setup\.ts:\d+ \(writeHostState\)$/);
    assert.equal(efer?.site?.file, 'vmm/vtx/vmcs-setup.ts');
  });

  it('under a hypervisor of one’s own: the line of the VMWRITE, and what a VM exit has saved since', async () => {
    const { target, machine } = await ownHypervisor();
    const { processor } = machine.computer;
    const until = (side: string): void => {
      for (let n = 0; target.side !== side; n++) {
        assert.ok(n < 20_000);
        processor.run(1);
      }
    };
    until('guest');
    assert.equal(writers(target).size, 0, 'the guest’s state is not in the VMCS');
    until('hypervisor');
    write(target, 'VM_ENTRY_CONTROLS', (before) => before | 0x200n); // an IA-32e mode guest
    const found = writers(target);
    assert.equal(found.get('VM_ENTRY_CONTROLS')?.description, 'by you');
    assert.match(
      found.get('GUEST_CR0')?.description ?? '',
      /^vmcs\.asm:\d+ \(something else has been there since\)$/,
    );
    write(target, 'GUEST_ACTIVITY_STATE', () => 9n);
    assert.equal(writers(target).get('GUEST_ACTIVITY_STATE')?.description, 'by you');
    write(target, 'GUEST_RFLAGS', () => 0n);
    machine.computer.processor.vmx.current?.write(0x6820, 0x8000n); // not by VMWRITE
    assert.match(
      writers(target).get('GUEST_RFLAGS')?.description ?? '',
      /^by you \(something else has been there since\)$/,
    );
  });
});

import assert from 'node:assert/strict';
import type { Processor } from '../../../processor/processor';
import { nextEntry, type NextEntry } from './next-entry';
import { ownHypervisor } from './own-hypervisor.testing';

const VMLAUNCH = [0x0f, 0x01, 0xc2];

function isAt(cpu: Processor, bytes: readonly number[]): boolean {
  const here = cpu.instructionBytes();
  return bytes.every((byte, n) => here[n] === byte);
}

function predicted(cpu: Processor): NextEntry {
  const { current } = cpu.vmx;
  assert.ok(current);
  return nextEntry(cpu, current, true);
}

describe('the next VM entry', () => {
  it('fails for ever fewer checks while a VMCS is filled, and asking changes nothing', async () => {
    const { machine } = await ownHypervisor();
    const cpu = machine.computer.processor;
    let [most, asked] = [0, 0];
    while (!isAt(cpu, VMLAUNCH)) {
      cpu.run(1);
      if (!cpu.vmx.current || asked++ % 16 !== 0) continue;
      const before = machine.stateHash;
      most = Math.max(most, predicted(cpu).failures.length);
      assert.equal(machine.stateHash, before);
    }
    assert.ok(most > 20, String(most));
    assert.deepEqual(predicted(cpu), { instruction: 'VMLAUNCH', failures: [], error: undefined });
    cpu.run(1);
    assert.equal(cpu.guestMode.active, true);
  });

  it('is VMRESUME once the launch state is launched, and VMLAUNCH would be refused then', async () => {
    const { machine, target } = await ownHypervisor((text, file) =>
      file === 'exits.asm' ? text.replace('        vmresume\n', '        vmlaunch\n') : text,
    );
    const cpu = machine.computer.processor;
    const isIn = (side: string): boolean => target.side === side;
    while (!isIn('guest')) cpu.run(1);
    while (!isIn('hypervisor')) cpu.run(1);
    assert.deepEqual(predicted(cpu), { instruction: 'VMRESUME', failures: [], error: undefined });
    while (!isAt(cpu, VMLAUNCH)) cpu.run(1);
    assert.deepEqual(predicted(cpu), { instruction: 'VMLAUNCH', failures: [], error: 4 });
    cpu.run(1);
    assert.deepEqual(target.transitions.failure, {
      kind: 'entry-refused',
      instruction: 'VMLAUNCH',
      error: 4,
    });
  });
});

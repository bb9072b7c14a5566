import assert from 'node:assert/strict';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { Field, type FieldId } from '../../../isa/vmx/fields';
import { PassedWords, PHYSICAL_BASE } from '../../state/layout';
import { PhysicalMemory } from '../../physical-memory';
import type { Processor } from '../../processor';
import { DEFAULT_PROFILE } from '../../profile/default';
import { prepare, VMCS_REGION } from '../prepared-processor.testing';
import { Vmcs } from '../vmcs';
import { fieldOffset, is64Bit } from '../vmcs-layout';
import type { EntryCheckFailure } from './index';
import { CASES } from './mutations.testing';
import { PassedChecks } from './passed-checks';
import { LONG_MODE, PAE_MODE, type FieldValues } from './valid-vmcs.testing';
import { WatchedWords, wordComparison } from './watched-words';

/** A guest that was entered, and has left at once by an EPT violation: nothing is mapped. */
function enteredOnce(fields: FieldValues): Processor {
  const cpu = prepare(fields);
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  assert.ok(cpu.guestMode.active);
  cpu.run(1);
  assert.ok(!cpu.guestMode.active);
  assert.equal(cpu.vmx.current?.readNumber(Field.VM_EXIT_REASON), ExitReason.EPT_VIOLATION);
  return cpu;
}

/** Why VMRESUME fails on a processor that has never seen the VMCS, in the same state. */
function failuresAfresh(seasoned: Processor): readonly EntryCheckFailure[] {
  const cpu = prepare({});
  cpu.physical.writeBytes(VMCS_REGION, seasoned.physical.readBytes(VMCS_REGION, 4096));
  cpu.state.efer = seasoned.state.efer;
  cpu.vmx.enter(false);
  return cpu.vmx.entryFailures;
}

type Change = (cpu: Processor, change: FieldValues) => void;

const byVmwrite: Change = (cpu, change) => {
  for (const [id, value] of Object.entries(change)) {
    const outcome = cpu.vmx.write(Field[id as FieldId], BigInt(value));
    assert.equal(outcome.kind, 'VMsucceed');
  }
};

/** As a store of the hypervisor's does that goes through the software TLB: nobody is told. */
const intoMemory: Change = ({ physical }, change) => {
  for (const [id, value] of Object.entries(change)) {
    const field = Field[id as FieldId];
    const at = PHYSICAL_BASE + VMCS_REGION + fieldOffset(field);
    if (is64Bit(field)) physical.view.setBigUint64(at, BigInt(value), true);
    else physical.view.setUint32(at, Number(value), true);
  }
};

describe('entry checks that a VMCS has passed', () => {
  for (const [way, apply] of [
    ['VMWRITE', byVmwrite],
    ['a store into the region', intoMemory],
  ] as const) {
    for (const [name, base, mutations] of CASES) {
      if (base.VM_EXIT_CONTROLS !== LONG_MODE.VM_EXIT_CONTROLS) continue; // needs a 32-bit host
      it(`are made again after ${way}: ${name}`, () => {
        for (const [expected, change, facts] of mutations) {
          if (facts) continue; // those change the processor, not the VMCS
          const cpu = enteredOnce(base);
          apply(cpu, change);
          const afresh = failuresAfresh(cpu);
          cpu.vmx.enter(false);
          assert.ok(!cpu.guestMode.active, expected);
          const { entryFailures } = cpu.vmx;
          assert.ok(
            entryFailures.some(({ id }) => id === expected),
            expected,
          );
          assert.deepEqual(entryFailures, afresh);
        }
      });
    }
  }

  it('are made again after a VMCS was repaired', () => {
    const cpu = enteredOnce(LONG_MODE);
    byVmwrite(cpu, { GUEST_RFLAGS: 0 });
    cpu.vmx.enter(false);
    assert.deepEqual(
      cpu.vmx.entryFailures.map(({ id }) => id),
      ['guest.rflags.reserved'],
    );
    byVmwrite(cpu, { GUEST_RFLAGS: 2, GUEST_CR0: 0x80000032 });
    cpu.vmx.enter(false);
    assert.deepEqual(
      cpu.vmx.entryFailures.map(({ id }) => id),
      ['guest.cr0.pg-pe'],
    );
    byVmwrite(cpu, { GUEST_CR0: 0x80000033 });
    assert.equal(cpu.vmx.enter(false).kind, 'VMsucceed');
    assert.ok(cpu.guestMode.active);
  });

  it('are made again after another VMCS was current', () => {
    const cpu = enteredOnce(LONG_MODE);
    const other = 0x103000;
    cpu.physical.write32(other, cpu.vmx.capabilities.revision);
    cpu.vmx.load(BigInt(other));
    intoMemory(cpu, { HOST_CR3: -1n });
    cpu.vmx.load(BigInt(VMCS_REGION));
    cpu.vmx.enter(false);
    assert.deepEqual(
      cpu.vmx.entryFailures.map(({ id }) => id),
      ['host.cr3'],
    );
  });

  it('depend on the mode of the processor', () => {
    const cpu = enteredOnce(LONG_MODE);
    cpu.state.efer = 0n;
    cpu.vmx.enter(false);
    assert.deepEqual(cpu.vmx.entryFailures, failuresAfresh(cpu));
    assert.equal(cpu.vmx.entryFailures[0]?.id, 'host.address-space.legacy-entry');
  });

  it('depend on memory outside the region', () => {
    const memory = new PhysicalMemory(0x10000);
    const vmcs = new Vmcs(memory, 0x1000);
    const withoutEpt = { SECONDARY_VM_EXEC_CONTROL: 0, GUEST_CR3: 0x4020 };
    for (const [id, value] of Object.entries({ ...PAE_MODE, ...withoutEpt })) {
      vmcs.write(Field[id as FieldId], value);
    }
    const watched = new WatchedWords(vmcs, wordComparison(memory.memory), PassedWords.BASE);
    const checks = new PassedChecks(vmcs, memory, DEFAULT_PROFILE.vmx, watched);
    assert.ok(checks.pass(true));
    assert.ok(checks.pass(true));
    memory.pageWords(0x4000)[0x38 / 4] = 3; // a reserved bit in a PDPTE
    assert.ok(!checks.pass(true));
    memory.pageWords(0x4000)[0x38 / 4] = 1;
    assert.ok(checks.pass(true));
  });
});

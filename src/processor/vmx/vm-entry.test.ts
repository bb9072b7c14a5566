import assert from 'node:assert/strict';
import { Rflags } from '../../isa/registers/flags';
import { ENTRY_FAILURE, ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { CASES } from './entry-checks/mutations.testing';
import { LONG_MODE, REAL_MODE } from './entry-checks/valid-vmcs.testing';
import { prepare, VMCS_REGION } from './prepared-processor.testing';
import { LaunchState, Vmcs } from './vmcs';

/** The VMLAUNCH instruction, executed on the processor, with right and wrong VMCSs. */

describe('VMLAUNCH', () => {
  it('enters with a valid VMCS: the guest state is loaded, the VMCS is launched', () => {
    for (const fields of [LONG_MODE, REAL_MODE]) {
      const cpu = prepare(fields);
      assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
      assert.equal(cpu.guestMode.active, true);
      assert.equal(cpu.state.rip, BigInt(fields.GUEST_RIP ?? 0));
      assert.equal(new Vmcs(cpu.physical, VMCS_REGION).launchState, LaunchState.LAUNCHED);
    }
  });

  let wrong = 0;
  for (const [name, base, mutations] of CASES) {
    it(`refuses each of ${String(mutations.length)} wrong VMCSs: ${name}`, () => {
      for (const [expected, change, facts] of mutations) {
        if (facts) continue; // those change the processor, not the VMCS
        const cpu = prepare({ ...base, ...change });
        const before = cpu.state.rip;
        const changed = JSON.stringify(change, (_key, value: unknown) =>
          typeof value === 'bigint' ? value.toString(16) : value,
        );
        cpu.run(1);
        const failures = cpu.vmx.entryFailures.map(({ id }) => id);
        assert.ok(failures.includes(expected), `${expected}: ${failures.join()} for ${changed}`);
        assert.equal(cpu.guestMode.active, false);
        const vmcs = new Vmcs(cpu.physical, VMCS_REGION);
        assert.equal(vmcs.launchState, LaunchState.CLEAR);
        if (expected.startsWith('guest.')) {
          const reason = (ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_GUEST_STATE) >>> 0;
          assert.equal(vmcs.readNumber(Field.VM_EXIT_REASON), reason, changed);
          assert.equal(cpu.state.rip, vmcs.read(Field.HOST_RIP));
        } else {
          const error = expected.startsWith('host.') ? 8 : 7;
          assert.equal(vmcs.readNumber(Field.VM_INSTRUCTION_ERROR), error, changed);
          assert.equal(cpu.state.rflags & BigInt(Rflags.ZF), BigInt(Rflags.ZF));
          assert.equal(cpu.state.rip, before + 3n);
        }
        wrong++;
      }
    });
  }

  it('was tried with at least sixty wrong VMCSs', () => {
    assert.ok(wrong >= 60, String(wrong));
  });
});

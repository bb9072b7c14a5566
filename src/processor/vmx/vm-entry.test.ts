import assert from 'node:assert/strict';
import { Rflags } from '../../isa/registers/flags';
import { ENTRY_FAILURE, ExitReason } from '../../isa/vmx/exit-reasons';
import { Field, fieldByName } from '../../isa/vmx/fields';
import { createProcessor } from '../create-processor';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';
import { VMX_CAPABILITIES } from '../system/capabilities';
import { CASES } from './entry-checks/mutations.testing';
import { LONG_MODE, REAL_MODE, type FieldValues } from './entry-checks/valid-vmcs.testing';
import { LaunchState, Vmcs } from './vmcs';

/** The VMLAUNCH instruction, executed on the processor, with right and wrong VMCSs. */

const VMXON_REGION = 0x101000;
const VMCS_REGION = 0x102000;
const CODE = 0x108000;
const PML4 = 0x110000;

const bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

/** Root operation in 64-bit mode with a current VMCS; the next instruction is VMLAUNCH. */
function prepare(fields: FieldValues): Processor {
  const cpu = createProcessor(new PhysicalMemory(0x400000), bus);
  const { physical, state } = cpu;
  // The same pages at 0 and in the upper half, where the VMCS's host state points.
  physical.write64(PML4, BigInt(PML4 + 0x1003));
  physical.write64(PML4 + 256 * 8, BigInt(PML4 + 0x1003));
  physical.write64(PML4 + 0x1000, BigInt(PML4 + 0x2003));
  physical.write64(PML4 + 0x2000, 0x83n);
  physical.write64(PML4 + 0x2008, 0x200083n);
  state.cr0 = 0x80000031n;
  state.cr3 = BigInt(PML4);
  state.cr4 = 0x2020n;
  state.efer = 0xd00n;
  for (let index = 0; index < 6; index++) {
    const accessRights = index === 1 ? 0xa09b : 0xc093;
    state.setSegment(index, { selector: 8, base: 0n, limit: 0xffffffff, accessRights });
  }
  physical.writeBytes(CODE, Uint8Array.from([0x0f, 0x01, 0xc2, 0xeb, 0xfe])); // vmlaunch; jmp $
  state.rip = BigInt(CODE);
  for (const region of [VMXON_REGION, VMCS_REGION])
    physical.write32(region, VMX_CAPABILITIES.revision);
  cpu.updateDerivedState();
  cpu.vmx.on(BigInt(VMXON_REGION));
  cpu.vmx.clear(BigInt(VMCS_REGION));
  cpu.vmx.load(BigInt(VMCS_REGION));
  const vmcs = new Vmcs(physical, VMCS_REGION);
  for (const [id, value] of Object.entries(fields)) {
    const row = fieldByName(id);
    assert.ok(row, id);
    vmcs.write(row.encoding, value);
  }
  return cpu;
}

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
        const changed = JSON.stringify(change, (_key, value: unknown) => typeof value === 'bigint' ? value.toString(16) : value); // prettier-ignore
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

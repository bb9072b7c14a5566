import assert from 'node:assert/strict';
import { fieldByName } from '../../isa/vmx/fields';
import type { Bus } from '../bus';
import { createProcessor } from '../create-processor';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';
import { DEFAULT_PROFILE } from '../profile/default';
import type { FieldValues } from './entry-checks/valid-vmcs.testing';
import { Vmcs } from './vmcs';

const VMXON_REGION = 0x101000;
export const VMCS_REGION = 0x102000;
const CODE = 0x108000;
const PML4 = 0x110000;

/** Nothing answers, and nothing interrupts. */
export const NO_DEVICES: Bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

/** Root operation in 64-bit mode with a current VMCS; the next instruction is VMLAUNCH. */
export function prepare(fields: FieldValues, bus = NO_DEVICES): Processor {
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
    physical.write32(region, DEFAULT_PROFILE.vmx.revision);
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

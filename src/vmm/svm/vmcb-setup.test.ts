import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { Vector } from '../../isa/exceptions';
import { SvmExit } from '../../isa/svm/exit-codes';
import { exitedGuest, type ExitedGuest } from './prepared-guest.testing';
import { IOPM_SIZE, MSRPM_SIZE } from './vmcb-setup';

const intercepted = ({ vmcb }: ExitedGuest, ...codes: number[]): boolean[] =>
  codes.map((code) => vmcb.intercepts(code));

/** Whether reads and writes of an MSR exit (APM 2 15.11). */
function msrBits({ machine, vmcb }: ExitedGuest, msr: number): number {
  const range = msr >= 0xc001_0000 ? 0x1000 : msr >= 0xc000_0000 ? 0x800 : 0;
  const bit = 2 * (msr & 0x1fff);
  const at = Number(vmcb.read('MSRPM_BASE_PA')) + range + (bit >> 3);
  return (machine.computer.memory.read8(at) >> (bit & 7)) & 3;
}

const bytes = ({ machine }: ExitedGuest, at: bigint, length: number): Uint8Array =>
  machine.computer.memory.readBytes(Number(at), length);

describe('what the monitor puts into a VMCB', () => {
  it('intercepts what it has to see, and no more', async () => {
    const guest = await exitedGuest({ intercepts: [] });
    const needed = [SvmExit.INTR, SvmExit.CPUID, SvmExit.HLT, SvmExit.IOIO, SvmExit.VMRUN];
    assert.deepEqual(intercepted(guest, ...needed), [true, true, true, true, true]);
    const others = [SvmExit.RDTSC, SvmExit.PAUSE, SvmExit.INVLPG, SvmExit.CR_READ + 3];
    assert.deepEqual(intercepted(guest, ...others), [false, false, false, false]);
    const exceptions = [SvmExit.EXCEPTION + Vector.UD, SvmExit.EXCEPTION + Vector.PF];
    assert.deepEqual(intercepted(guest, ...exceptions), [true, false]);
  });

  it('intercepts what it is asked for', async () => {
    const guest = await exitedGuest({ intercepts: ['rdtsc', 'pause', 'cr3', 'mov-dr'] });
    const codes = [SvmExit.RDTSC, SvmExit.RDTSCP, SvmExit.PAUSE, SvmExit.CR_WRITE + 3];
    assert.deepEqual(intercepted(guest, ...codes), [true, true, true, true]);
    const last = SvmExit.DR_READ + 31;
    assert.deepEqual(intercepted(guest, SvmExit.DR_READ, last), [true, true]);
    assert.equal(guest.vmcb.intercepts(SvmExit.CR_READ), false);
  });

  it('has nested paging, or shadow tables and what they follow', async () => {
    const nested = await exitedGuest({ paging: 'ept' });
    assert.equal(nested.vmcb.read('NESTED_CONTROL') & 1n, 1n);
    assert.notEqual(nested.vmcb.read('N_CR3'), 0n);
    assert.equal(nested.vmcb.read('CR0') >> 31n, 0n, 'the guest’s own');
    const shadow = await exitedGuest({ paging: 'shadow' });
    assert.equal(shadow.vmcb.read('NESTED_CONTROL'), 0n);
    const followed = [SvmExit.EXCEPTION + Vector.PF, SvmExit.CR_WRITE, SvmExit.INVLPG];
    assert.deepEqual(intercepted(shadow, ...followed), [true, true, true]);
    assert.equal(shadow.vmcb.read('CR0') >> 31n, 1n, 'real mode runs with paging');
  });

  it('gives the guest an ASID of its own, or has the TLB flushed at each VMRUN', async () => {
    const tagged = await exitedGuest({ tlbTags: true });
    assert.notEqual(tagged.vmcb.read('GUEST_ASID'), 0n);
    assert.equal(tagged.vmcb.readNumber('TLB_CONTROL'), 0);
    const untagged = await exitedGuest({ tlbTags: false });
    assert.equal(untagged.vmcb.readNumber('TLB_CONTROL'), 1);
  });

  it('lets every port exit, and the MSRs alone by which the guest would get hold of the processor', async () => {
    const guest = await exitedGuest({ intercepts: [] });
    const iopm = bytes(guest, guest.vmcb.read('IOPM_BASE_PA'), IOPM_SIZE);
    assert.ok(iopm.every((byte) => byte === 0xff));
    for (const msr of [Msr.APIC_BASE, Msr.EFER, Msr.VM_CR, Msr.VM_HSAVE_PA]) {
      assert.equal(msrBits(guest, msr), 3);
    }
    for (const msr of [Msr.LSTAR, Msr.FS_BASE, Msr.PAT]) assert.equal(msrBits(guest, msr), 0);
    const all = await exitedGuest({ intercepts: ['msr'] });
    const map = bytes(all, all.vmcb.read('MSRPM_BASE_PA'), MSRPM_SIZE);
    assert.ok(map.every((byte) => byte === 0xff));
  });
});

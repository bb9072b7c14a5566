import assert from 'node:assert/strict';
import { Msr } from '../../../isa/registers/msr';
import { Fault } from '../../../processor/faults';
import { assembleText, flatImage, Machine, MachineRun } from '../../../session';
import { Target } from '../../target';

const HOME = 0xfee0_0900n;
/** Has EAX from the version register of a local APIC at 8000h. */
const GUEST = `org 0x7c00
        bits 16
        cpuid
        mov eax, [0x8030]
        jmp $`;

describe('IA32_APIC_BASE of a guest', () => {
  it('is what its monitor keeps, not the processor’s own, and can be changed', async () => {
    const program = await assembleText(GUEST);
    const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 4 << 20 });
    const { technique } = new Target(machine, [program]);
    const run = new MachineRun(machine);
    technique.guest.setMsr(Msr.APIC_BASE, 0x5900n);
    assert.equal(technique.guest.msr(Msr.APIC_BASE), 0x5900n);
    while (!run.inMonitor) run.execute(1);
    assert.equal(technique.guest.msr(Msr.APIC_BASE), 0x5900n);
    technique.guest.setMsr(Msr.APIC_BASE, 0x8900n);
    assert.equal(technique.host?.msr(Msr.APIC_BASE), HOME);
    while (run.inMonitor) run.operate();
    assert.equal(technique.host?.msr(Msr.APIC_BASE), HOME);
    run.turn(20, machine.computer.processor.work + 30);
    assert.equal(technique.guest.gpr(0), 0x50014n);
  });

  it('takes no value that the guest could not write', async () => {
    const program = await assembleText(GUEST);
    const machine = new Machine(flatImage(program), { monitor: 'vtx', memory: 4 << 20 });
    const { guest } = new Target(machine, [program]).technique;
    for (const value of [0xfee0_0d00n, 0xfee0_0b00n, 1n << 40n]) {
      assert.throws(() => {
        guest.setMsr(Msr.APIC_BASE, value);
      }, Fault);
      assert.equal(guest.msr(Msr.APIC_BASE), HOME);
    }
  });
});

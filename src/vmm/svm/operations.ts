import { vmcbField, vmcbOffset, type VmcbFieldId } from '../../isa/svm/vmcb';
import { Rflags } from '../../isa/registers/flags';
import type { Vmcb } from '../../processor/svm/vmcb';
import { loadHidden, saveHidden } from '../../processor/svm/guest-msrs';
import { Cost } from '../cost';
import { directMap } from '../host/address-space';
import { MonitorError, type Host } from '../host/host';
import { GATE_FRAME } from '../host/root-mode';
import { instruction } from '../instruction';

/** The operations of a monitor that uses SVM. The VMCB is memory: MOV reads and writes it. */

/** @throws MonitorError where there is none */
function vmcbOf({ vmcb }: Host): Vmcb {
  if (!vmcb) throw new MonitorError('the guest has no VMCB');
  return vmcb;
}

/** The monitor's MOV is a store as any other, of which whoever watches the VMCB wants to know. */
function told(host: Host, id: VmcbFieldId): void {
  const row = vmcbField(id);
  if (row) host.cpu.mmu.watched.stored(vmcbOf(host).address + row.offset, row.width / 8);
}

const inVmcb = (id: VmcbFieldId) => ({ number: vmcbOffset(id), name: `[vmcb.${id}]` });

/** Reads a field of the guest's VMCB, zero-extended. */
export const readVmcb = instruction('MOV', Cost.GPR, {
  perform: (host: Host, id: VmcbFieldId) => vmcbOf(host).read(id),
  field: (id) => ({ ...inVmcb(id), name: `…, [vmcb.${id}]` }),
});

export const writeVmcb = instruction('MOV', Cost.GPR, {
  perform: (host: Host, id: VmcbFieldId, value: bigint | number) => {
    vmcbOf(host).write(id, value);
    told(host, id);
  },
  field: inVmcb,
  operands: (_, value) => [value],
});

/**
 * MOV of where the guest goes on: its instruction has been done for it. RF is over with an instruction, but #VMEXIT has saved
 * it as it was before: where it is set, it is cleared.
 */
export const completeInstruction = instruction('MOV', Cost.GPR, {
  perform: (host: Host, next: bigint) => {
    host.tally.completed++;
    host.area.complete(next);
    told(host, 'RIP');
  },
  field: () => inVmcb('RIP'),
  operands: (next) => [next],
});

/** The guest runs by its VMCB; it comes back by a #VMEXIT, which goes on at the gate as the instruction behind VMRUN (APM 2 15.5, 15.6). */
export const vmrun = instruction('VMRUN', Cost.VM_ENTRY, {
  perform: (host: Host) => {
    const { cpu } = host;
    cpu.nextRip = directMap(GATE_FRAME);
    cpu.svm.enter(vmcbOf(host).address);
  },
  operands: () => ['[vmcb]'],
  kind: 'entry',
});

/** Loads what VMRUN does not: FS, GS, LDTR, TR, and the MSRs of system calls (APM 2 15.5.2). */
export const vmload = instruction('VMLOAD', Cost.VMSAVE, {
  perform: (host: Host) => {
    loadHidden(host.cpu.state, vmcbOf(host));
    host.cpu.updateDerivedState();
  },
  operands: () => ['[vmcb]'],
});

/** Saves what #VMEXIT does not. */
export const vmsave = instruction('VMSAVE', Cost.VMSAVE, {
  perform: (host: Host) => {
    saveHidden(host.cpu.state, vmcbOf(host));
  },
  operands: () => ['[vmcb]'],
});

/** Interrupts are held until the guest runs (APM 2 15.17). */
export const clgi = instruction('CLGI', Cost.TABLE, {
  perform: (host: Host) => {
    host.cpu.svm.setGlobalInterruptFlag(false);
  },
});

/** RFLAGS.IF of the host: with V_INTR_MASKING it lets interrupts end the guest's turn (APM 2 15.21.1). */
export const sti = instruction('STI', Cost.GPR, {
  perform: ({ cpu: { state } }: Host) => {
    state.rflags |= BigInt(Rflags.IF);
  },
});

/** Forgets the translation of one linear address of the guest's (APM 2 15.16.3). */
export const invlpga = instruction('INVLPGA', Cost.INVLPG, {
  perform: (host: Host, linear: bigint) => {
    host.cpu.flushPage(linear, 1);
  },
  operands: (linear) => [linear, 'ASID of the guest'],
});

/** Fills host-physical memory. @param bytes a multiple of 8 */
export const fillHostPhysical = instruction('REP STOSQ', Cost.GPR_BLOCK, {
  perform: ({ computer: { memory } }: Host, address: number, bytes: number, value: bigint) => {
    for (let at = address; at < address + bytes; at += 8) memory.write64(at, value);
  },
  operands: (address, bytes, value) => [['host-physical', address], ['bytes', bytes], value],
});

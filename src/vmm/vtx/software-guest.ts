import { Msr } from '../../isa/registers/msr';
import { Field } from '../../isa/vmx/fields';
import { fieldsOfMsrs } from '../../isa/vmx/switched-msrs';
import type { Processor } from '../../processor/processor';
import { startFrom, startStateOf } from '../../processor/state/start-state';
import type { SoftwareProcessor } from '../emulator/software-processor';
import type { EmulatedState } from '../emulator/instruction-emulator';
import { PASSED_THROUGH } from '../hardware/passed-through';
import type { Host } from '../host/host';

/**
 * The guest's registers between the guest-state area of the VMCS, with what the processor still holds of
 * them, and the processor in software that goes on with a guest that cannot be entered.
 */

const IN_VMCS = fieldsOfMsrs('guest');
const BLOCKING = Field.GUEST_INTERRUPTIBILITY_INFO;

/** Software has these itself: segment bases are in segment registers, the time is one. */
const ELSEWHERE: ReadonlySet<number> = new Set([Msr.EFER, Msr.FS_BASE, Msr.GS_BASE, Msr.TSC]);
const copied = (number: number): boolean => !ELSEWHERE.has(number);

/** Software goes on with the guest. */
export function leaveTo(host: Host, software: SoftwareProcessor): void {
  toSoftware(software, host.cpu, host.guest.registers(), (field) => host.vmread(field));
  software.state.setMsr(Msr.APIC_BASE, host.virtualApicBase);
}

/** The registers go to where the processor takes them from. */
export function takeFrom(host: Host, software: SoftwareProcessor): void {
  const before = host.guest.registers();
  const write = (field: Field, value: bigint | number): void => {
    host.vmwrite(field, value);
  };
  host.guest.store(before, fromSoftware(software, host.cpu, write));
}

/** @param registers what the VMCS and the save area hold */
function toSoftware(
  software: SoftwareProcessor,
  cpu: Processor,
  registers: EmulatedState,
  read: (field: Field) => bigint,
): void {
  const { state } = software;
  software.takeFrom(cpu);
  startFrom(state, registers.registers);
  state.cr2 = registers.cr2;
  state.dr.set([registers.dr7], 7);
  state.pdptes.set(registers.pdptes);
  state.units.set(registers.units);
  for (const [number, field] of IN_VMCS) if (copied(number)) state.setMsr(number, read(field));
  for (const number of PASSED_THROUGH) {
    if (copied(number)) state.setMsr(number, cpu.state.msr(number));
  }
  software.blocking = Number(read(BLOCKING));
  software.changed();
}

/** What software has made of the guest, for the VMCS and the save area; the rest goes to the processor. */
function fromSoftware(
  software: SoftwareProcessor,
  cpu: Processor,
  write: (field: Field, value: bigint | number) => void,
): EmulatedState {
  const { state } = software;
  for (const [number, field] of IN_VMCS) if (copied(number)) write(field, state.msr(number));
  for (const number of PASSED_THROUGH) {
    if (copied(number)) cpu.state.setMsr(number, state.msr(number));
  }
  for (const n of [0, 1, 2, 3, 6]) cpu.state.dr.set([state.dr[n] ?? 0n], n);
  cpu.state.cr2 = state.cr2;
  cpu.state.cr8 = state.cr8;
  cpu.mmu.setPkru(state.pkru);
  cpu.state.units.set(state.units);
  write(BLOCKING, software.blocking);
  return {
    registers: startStateOf(state),
    cr2: state.cr2,
    dr7: state.dr[7] ?? 0n,
    pdptes: Array.from(state.pdptes),
    units: state.units.slice(),
  };
}

import { WideEfer, WideCr0 } from '../../isa/registers/control';
import { NestedControl, VirtualizationExtensions } from '../../isa/svm/control-fields';
import { generalProtection, undefinedOpcode } from '../faults';
import type { SvmInstruction } from '../guest-mode/guest-mode';
import type { InstructionContext } from '../execution/instruction-context';
import { notInRealMode, notOfThisProcessor } from '../reasons/instructions';
import { svmNotEnabled, vmcbAddress, vmmcallNotIntercepted } from '../reasons/svm';
import type { SlowPath } from '../semantics/slow-path';
import { PAGE_SIZE, Rec } from '../state/layout';
import { loadHidden, saveHidden } from './guest-msrs';
import { Vmcb } from './vmcb';

/** The instructions of SVM (APM 2 15.5, 15.13; APM 3). */

/** @throws Fault #UD where SVM is not enabled, and in real-address and virtual-8086 mode */
function requireSvm({ state }: InstructionContext, mnemonic: string): void {
  if (!state.profile.has('SVM')) throw undefinedOpcode(notOfThisProcessor(mnemonic));
  if (!(state.efer & WideEfer.SVME)) throw undefinedOpcode(svmNotEnabled());
  if (state.realStyleSegments) throw undefinedOpcode(notInRealMode(state.virtual8086));
}

/** What all of them need but VMMCALL; in guest mode they may be intercepted. */
function svmInstruction(instruction: SvmInstruction, execute: SlowPath): SlowPath {
  return (cpu) => {
    requireSvm(cpu, instruction);
    cpu.requirePrivilege(0);
    if (NAME_VMCB.has(instruction)) vmcbOperand(cpu); // a wrong one faults before it is intercepted
    if (cpu.guestMode.svmInstruction(instruction)) return 'left';
    return execute(cpu);
  };
}

const NAME_VMCB: ReadonlySet<SvmInstruction> = new Set(['VMRUN', 'VMLOAD', 'VMSAVE']);

/** rAX, as many bits of it as addresses have. */
function addressOperand({ state, instruction, physical }: InstructionContext): bigint {
  const mask = physical.view.getBigUint64(instruction.record + Rec.ADDRESS_MASK, true);
  return state.gpr(0) & mask;
}

/** @throws Fault #GP(0) for an address that is not aligned, or has more bits than the processor */
function vmcbOperand(cpu: InstructionContext): bigint {
  const address = addressOperand(cpu);
  const { physicalAddressWidth } = cpu.state;
  if (address % BigInt(PAGE_SIZE) || address >> BigInt(physicalAddressWidth)) {
    throw generalProtection(vmcbAddress(address, physicalAddressWidth));
  }
  return address;
}

export const vmrun = svmInstruction('VMRUN', (cpu) => {
  cpu.svm.enter(Number(vmcbOperand(cpu)));
  cpu.nextRip = cpu.state.rip; // the guest's, or the host's after an entry that was refused
  return undefined;
});

/** A hypercall at any privilege level, where it is intercepted; else it does not exist. */
export const vmmcall: SlowPath = (cpu) => {
  if (!cpu.state.profile.has('SVM')) throw undefinedOpcode(notOfThisProcessor('VMMCALL'));
  if (cpu.guestMode.svmInstruction('VMMCALL')) return 'left';
  throw undefinedOpcode(vmmcallNotIntercepted());
};

/**
 * The VMCB that VMLOAD or VMSAVE is given. In a guest for which they are virtualized the address is a
 * guest-physical one (APM 2 15.33.1).
 */
function namedVmcb(cpu: InstructionContext): Vmcb {
  const address = vmcbOperand(cpu);
  if (!isVirtualized(cpu)) return new Vmcb(cpu.physical, Number(address));
  const access = { write: true, execute: false, update: false, linear: undefined, pageWalk: false };
  return new Vmcb(cpu.physical, cpu.mmu.guestPhysical(address, access).address);
}

function isVirtualized({ svm, state }: InstructionContext): boolean {
  const vmcb = svm.inGuest ? svm.current : undefined;
  if (!vmcb || !(state.efer & WideEfer.LMA) || !(state.cr0 & WideCr0.PG)) return false;
  const nested = (vmcb.read('NESTED_CONTROL') & NestedControl.NP_ENABLE) !== 0n;
  const wanted = vmcb.read('VIRTUALIZATION_EXTENSIONS') & VirtualizationExtensions.VMSAVE_VMLOAD;
  return nested && wanted !== 0n;
}

export const vmload = svmInstruction('VMLOAD', (cpu) => {
  const vmcb = namedVmcb(cpu);
  loadHidden(cpu.state, vmcb);
  cpu.updateDerivedState();
  cpu.svm.hiddenMoved('VMLOAD', vmcb.address);
  return undefined;
});

export const vmsave = svmInstruction('VMSAVE', (cpu) => {
  const vmcb = namedVmcb(cpu);
  saveHidden(cpu.state, vmcb);
  cpu.svm.hiddenMoved('VMSAVE', vmcb.address);
  return undefined;
});

export const stgi = svmInstruction('STGI', (cpu) => {
  cpu.svm.setGlobalInterruptFlag(true);
  return undefined;
});

export const clgi = svmInstruction('CLGI', (cpu) => {
  cpu.svm.setGlobalInterruptFlag(false);
  return undefined;
});

/** Secure start is none of this processor's features (CPUID 80000001H:ECX.SKINIT = 0). */
export const skinit: SlowPath = () => {
  throw undefinedOpcode(notOfThisProcessor('SKINIT'));
};

/** The software TLB holds the translations of one ASID for guests, and those of the host, whose ASID is 0. */
export const invlpga = svmInstruction('INVLPGA', (cpu) => {
  const linear = addressOperand(cpu);
  const asid = Number(cpu.state.gpr(1) & 0xffffffffn);
  if (asid === 0) cpu.flushPage(linear, 0);
  else cpu.flushPage(linear, 1);
  return undefined;
});

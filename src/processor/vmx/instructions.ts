import { FeatureControl } from '../../isa/registers/msr-fields';
import { WideCr4 } from '../../isa/registers/control';
import { Msr } from '../../isa/registers/msr';
import { Invvpid } from '../../isa/vmx/invvpid';
import { VmInstructionError } from '../../isa/vmx/instruction-errors';
import { generalProtection, undefinedOpcode } from '../faults';
import { notInRealMode } from '../reasons/instructions';
import { fixedInVmx } from '../reasons/registers';
import {
  compatibilityMode,
  featureControl,
  notInVmxOperation,
  onlyInGuest,
  vmxNotEnabled,
} from '../reasons/vmx';
import type { VmxInstruction } from '../guest-mode/guest-mode';
import type { InstructionContext } from '../execution/instruction-context';
import { isCanonical } from '../paging/mmu';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';
import { isValidEptp } from './entry-checks';
import { encodingOperand, fieldBytes } from './field-operands';
import { setOutcomeFlags, VM_SUCCEED, type VmxOutcome } from './outcome';

/** The VMX instructions (SDM 3C chapter 31). */

/**
 * A VMX instruction, with what all of them need but VMXON and VMCALL: VMX operation, protected or
 * 64-bit code, and ring 0. In non-root operation it is a VM exit.
 */
function vmxInstruction(instruction: VmxInstruction, execute: SlowPath): SlowPath {
  return (cpu) => {
    if (!cpu.vmx.inOperation) throw undefinedOpcode(notInVmxOperation());
    requireProtectedMode(cpu.state);
    if (cpu.guestMode.vmxInstruction(instruction)) return 'left';
    cpu.requirePrivilege(0);
    return execute(cpu);
  };
}

function requireFixedBits(register: 'CR0' | 'CR4', value: bigint, fixed0: bigint): void {
  const missing = ~value & fixed0;
  if (missing) throw generalProtection(fixedInVmx(register, missing, 0n));
}

/** @throws Fault #UD in real-address, virtual-8086 and compatibility mode */
function requireProtectedMode(state: CpuState): void {
  if (state.realStyleSegments) throw undefinedOpcode(notInRealMode(state.virtual8086));
  if (state.longMode && state.codeBits !== 64) throw undefinedOpcode(compatibilityMode());
}

function finish(cpu: InstructionContext, outcome: VmxOutcome): undefined {
  setOutcomeFlags(cpu.state, outcome);
  return undefined;
}

const pointerOperand = (cpu: InstructionContext): bigint => cpu.readOperand(0, 8);

const vmxonAgain = vmxInstruction('VMXON', (cpu) =>
  finish(cpu, cpu.vmx.fail(VmInstructionError.VMXON_IN_ROOT)),
);

export const vmxon: SlowPath = (cpu) => {
  const { state, vmx } = cpu;
  if (vmx.inOperation) return vmxonAgain(cpu);
  if (!(state.cr4 & WideCr4.VMXE)) throw undefinedOpcode(vmxNotEnabled());
  requireProtectedMode(state);
  cpu.requirePrivilege(0);
  const { cr0Fixed0, cr4Fixed0 } = vmx.capabilities;
  requireFixedBits('CR0', state.cr0, cr0Fixed0);
  requireFixedBits('CR4', state.cr4, cr4Fixed0);
  const control = state.msr(Msr.FEATURE_CONTROL);
  const allowed = FeatureControl.LOCK | FeatureControl.VMX_OUTSIDE_SMX;
  if ((control & allowed) !== allowed) throw generalProtection(featureControl(control));
  return finish(cpu, vmx.on(pointerOperand(cpu)));
};

export const vmxoff = vmxInstruction('VMXOFF', (cpu) => {
  return finish(cpu, cpu.vmx.off());
});

export const vmclear = vmxInstruction('VMCLEAR', (cpu) => {
  return finish(cpu, cpu.vmx.clear(pointerOperand(cpu)));
});

export const vmptrld = vmxInstruction('VMPTRLD', (cpu) => {
  return finish(cpu, cpu.vmx.load(pointerOperand(cpu)));
});

export const vmptrst = vmxInstruction('VMPTRST', (cpu) => {
  cpu.writeOperand(0, 8, cpu.vmx.currentPointer);
  return finish(cpu, VM_SUCCEED);
});

export const vmread = vmxInstruction('VMREAD', (cpu) => {
  const bytes = fieldBytes(cpu);
  const outcome = cpu.vmx.read(encodingOperand(cpu, 1) ?? NO_FIELD);
  if (outcome.kind !== 'value') return finish(cpu, outcome);
  cpu.writeOperand(0, bytes, bytes === 8 ? outcome.value : outcome.value & 0xffffffffn);
  setOutcomeFlags(cpu.state, VM_SUCCEED);
  return 'continue';
});

export const vmwrite = vmxInstruction('VMWRITE', (cpu) => {
  const value = cpu.readOperand(1, fieldBytes(cpu));
  setOutcomeFlags(cpu.state, cpu.vmx.write(encodingOperand(cpu, 0) ?? NO_FIELD, value));
  return 'continue';
});

/** An encoding of no field. */
const NO_FIELD = 0xffff;

function enter(cpu: InstructionContext, launch: boolean): undefined {
  const outcome = cpu.vmx.enter(launch);
  if (outcome.kind !== 'VMsucceed') return finish(cpu, outcome);
  cpu.nextRip = cpu.state.rip; // the guest's, or the host's after an entry that failed late
  return undefined;
}
export const vmlaunch = vmxInstruction('VMLAUNCH', (cpu) => enter(cpu, true));
export const vmresume = vmxInstruction('VMRESUME', (cpu) => enter(cpu, false));

/** Real-address mode has VMCALL, but there is no VMX operation in it. */
function requireVmcallMode(state: CpuState): void {
  if (state.virtual8086) throw undefinedOpcode(notInRealMode(true));
  if (state.longMode && state.codeBits !== 64) throw undefinedOpcode(compatibilityMode());
}

/** In non-root operation a hypercall at any privilege level; in root operation it fails. */
export const vmcall: SlowPath = (cpu) => {
  if (cpu.guestMode.vmxInstruction('VMCALL')) return 'left';
  if (!cpu.vmx.inOperation) throw undefinedOpcode(notInVmxOperation());
  requireVmcallMode(cpu.state);
  cpu.requirePrivilege(0);
  return finish(cpu, cpu.vmx.fail(VmInstructionError.VMCALL_IN_ROOT));
};

export const invept = vmxInstruction('INVEPT', (cpu) => {
  const type = cpu.readOperand(0, fieldBytes(cpu));
  const eptp = cpu.readOperand(1, 8);
  const valid = type === 2n || (type === 1n && isValidEptp(eptp, cpu.vmx.capabilities));
  if (!valid) return finish(cpu, cpu.vmx.fail(VmInstructionError.INVALID_INVALIDATION_OPERAND));
  cpu.flushWorld(1);
  return finish(cpu, VM_SUCCEED);
});

/** A VM function at any privilege level; outside a guest, and where the VMM enables none, it does not exist. */
export const vmfunc: SlowPath = (cpu) => {
  if (!cpu.guestMode.active) throw undefinedOpcode(onlyInGuest());
  return cpu.guestMode.vmfunc() ? 'left' : undefined;
};

/** The software TLB has one address space for guests: another VPID than the present one drops more than it must. */
export const invvpid = vmxInstruction('INVVPID', (cpu) => {
  const type = cpu.readOperand(0, fieldBytes(cpu));
  const descriptor = cpu.readOperand(1, 8);
  const linear = cpu.load(cpu.operandSegment(), cpu.effectiveAddress() + 8n, 8);
  const reserved = descriptor >> 16n !== 0n;
  const needsVpid = type !== Invvpid['all-context'] && (descriptor & 0xffffn) === 0n;
  const badAddress = type === Invvpid['individual-address'] && !isCanonical(linear, cpu.state);
  if (type > 3n || reserved || needsVpid || badAddress) {
    return finish(cpu, cpu.vmx.fail(VmInstructionError.INVALID_INVALIDATION_OPERAND));
  }
  if (type === Invvpid['individual-address']) cpu.flushPage(linear, 1);
  else cpu.flushWorld(1, type === Invvpid['single-context, retaining globals']);
  return finish(cpu, VM_SUCCEED);
});

import { Field } from '../isa/vmx/fields';
import { Cost } from '../vmm/cost';
import { EXIT_HANDLERS } from '../vmm/vtx/exits';
import { exitDetail } from './exit-text';
import { modeOf } from './registers';
import type { Target } from './target';

/** Writes VM exits into the trace, as the VMCS tells them. */
export const recordExit = {
  /** A VM exit has happened; the monitor has not begun yet. */
  begin(target: Target): void {
    const vmcs = target.computer.processor.vmx.current;
    if (!vmcs) return;
    const linear = target.linearRip;
    const reason = vmcs.readNumber(Field.VM_EXIT_REASON);
    const qualification = vmcs.read(Field.EXIT_QUALIFICATION);
    target.trace.add({
      instructions: target.computer.processor.retired,
      rip: target.guest.rip,
      linear,
      bytes: target.memory.read('gva', linear, 15).data,
      bits: modeOf(target.guest).bits,
      reason,
      qualification,
      interruption: vmcs.readNumber(Field.VM_EXIT_INTR_INFO),
      detail: exitDetail(target.guest, vmcs, reason & 0xffff, qualification),
      handler: EXIT_HANDLERS.get(reason & 0xffff)?.name,
      cycles: Cost.VM_EXIT,
      operations: [],
    });
  },

  /** The monitor is done with it: the guest has been entered again, or has ended. */
  complete(target: Target): void {
    const record = target.trace.last;
    const performed = target.monitor?.performedOperations;
    if (!record || !performed || record.operations.length > 0) return;
    record.operations = performed;
    record.cycles += performed.reduce((sum, { operation }) => sum + operation.cycles, 0);
  },
};

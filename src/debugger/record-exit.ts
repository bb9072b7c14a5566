import { Field } from '../isa/vmx/fields';
import { Cost } from '../vmm/cost';
import { modeOf } from './registers';
import type { Target } from './target';

/** Writes VM exits into the trace, as the VMCS tells them. */
export const recordExit = {
  /** A VM exit has happened; the monitor has not begun yet. */
  begin(target: Target): void {
    const vmcs = target.computer.processor.vmx.current;
    if (!vmcs) return;
    const linear = target.linearRip;
    target.trace.add({
      instructions: target.computer.processor.retired,
      rip: target.guest.rip,
      linear,
      bytes: target.memory.read('gva', linear, 15).data,
      bits: modeOf(target.guest).bits,
      reason: vmcs.readNumber(Field.VM_EXIT_REASON),
      qualification: vmcs.read(Field.EXIT_QUALIFICATION),
      handler: undefined,
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
    record.handler = performed.find(({ operation }) => operation.site?.file.includes('/exits/'))
      ?.operation.site?.function;
  },
};

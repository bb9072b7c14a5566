import { Field } from '../../../isa/vmx/fields';
import type { Handler, Operation } from '../../operation';
import { vmread } from '../../operations';
import { secondaryOf, type ControlFields } from './merged-controls';
import { readVmcs12 } from './operations';

function* read(from: (field: Field) => Operation): Handler<ControlFields> {
  return {
    pin: yield from(Field.PIN_BASED_VM_EXEC_CONTROL),
    primary: yield from(Field.CPU_BASED_VM_EXEC_CONTROL),
    secondary: yield from(Field.SECONDARY_VM_EXEC_CONTROL),
    exit: yield from(Field.VM_EXIT_CONTROLS),
    entry: yield from(Field.VM_ENTRY_CONTROLS),
  };
}

/** The controls of the processor's current VMCS. */
export const ownControls = (): Handler<ControlFields> => read(vmread);

/** What L1 wants of L2. */
export const controls12 = (): Handler<ControlFields> => read(readVmcs12);

/** Whether L1 uses one of its secondary controls, which count only where they are activated. */
export function* usesSecondary(control: number): Handler<boolean> {
  const controls = yield* controls12();
  return (secondaryOf(controls) & BigInt(control)) !== 0n;
}

/** Whether a control of L1's is 1. */
export function* isSet12(field: Field, control: number): Handler<boolean> {
  return ((yield readVmcs12(field)) & BigInt(control >>> 0)) !== 0n;
}

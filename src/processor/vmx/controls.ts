import { PrimaryControl } from '../../isa/vmx/controls';
import { Field } from '../../isa/vmx/fields';
import type { Vmcs } from './vmcs';

/** The controls that are in force between a VM entry and the next VM exit. */
export interface Controls {
  readonly pin: number;
  readonly primary: number;
  /** 0 unless activated by the primary controls. */
  readonly secondary: number;
  readonly exit: number;
  readonly entry: number;
}

/** No control is set. */
export const NO_CONTROLS: Controls = { pin: 0, primary: 0, secondary: 0, exit: 0, entry: 0 };

export function readControls(vmcs: Vmcs): Controls {
  const primary = vmcs.readNumber(Field.CPU_BASED_VM_EXEC_CONTROL);
  const active = (primary & PrimaryControl.ACTIVATE_SECONDARY_CONTROLS) !== 0;
  return {
    pin: vmcs.readNumber(Field.PIN_BASED_VM_EXEC_CONTROL),
    primary,
    secondary: active ? vmcs.readNumber(Field.SECONDARY_VM_EXEC_CONTROL) : 0,
    exit: vmcs.readNumber(Field.VM_EXIT_CONTROLS),
    entry: vmcs.readNumber(Field.VM_ENTRY_CONTROLS),
  };
}

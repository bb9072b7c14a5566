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

export function readControls(vmcs: Vmcs): Controls {
  const primary = Number(vmcs.read(Field.CPU_BASED_VM_EXEC_CONTROL));
  const active = (primary & PrimaryControl.ACTIVATE_SECONDARY_CONTROLS) !== 0;
  return {
    pin: Number(vmcs.read(Field.PIN_BASED_VM_EXEC_CONTROL)),
    primary,
    secondary: active ? Number(vmcs.read(Field.SECONDARY_VM_EXEC_CONTROL)) : 0,
    exit: Number(vmcs.read(Field.VM_EXIT_CONTROLS)),
    entry: Number(vmcs.read(Field.VM_ENTRY_CONTROLS)),
  };
}

import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { vmread } from '../../operations';

/** Registers that a transition between L1 and L2 need not load: the level that is entered finds what the other has left. */
export interface LeftBehind {
  readonly cr0: bigint;
  readonly efer: bigint;
  readonly dr7: bigint;
  readonly debugctl: bigint;
}

/** Of the level that has had the processor: its VMCS is current. */
export function* leftBehind(): Handler<LeftBehind> {
  return {
    cr0: yield vmread(Field.GUEST_CR0),
    efer: yield vmread(Field.GUEST_IA32_EFER),
    dr7: yield vmread(Field.GUEST_DR7),
    debugctl: yield vmread(Field.GUEST_IA32_DEBUGCTL),
  };
}

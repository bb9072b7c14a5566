import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { readVcpu, vmread } from '../../operations';
import { NONE, type NestedVtx } from './nested-vtx';

/** Bits of CR0 and CR4 that are fixed in VMX operation (SDM 3C 24.8), as L1 sees its registers. */

/** Whether one of them is 0 in what L1 has now. The monitor holds all of them itself: the read shadows have them. */
export function* lacksFixedBits({ capabilities }: NestedVtx): Handler<boolean> {
  const cr0 = yield vmread(Field.CR0_READ_SHADOW);
  const cr4 = yield vmread(Field.CR4_READ_SHADOW);
  return (~cr0 & capabilities.cr0Fixed0) !== 0n || (~cr4 & capabilities.cr4Fixed0) !== 0n;
}

/** Whether L1 may write a value to CR0: in VMX operation no fixed bit may become 0. */
export const mayWriteCr0 = ({ capabilities }: NestedVtx, value: bigint): Handler<boolean> =>
  mayWrite(value, capabilities.cr0Fixed0);

export const mayWriteCr4 = ({ capabilities }: NestedVtx, value: bigint): Handler<boolean> =>
  mayWrite(value, capabilities.cr4Fixed0);

function* mayWrite(value: bigint, fixed: bigint): Handler<boolean> {
  return (~value & fixed) === 0n || (yield readVcpu('vmxon12')) === NONE;
}

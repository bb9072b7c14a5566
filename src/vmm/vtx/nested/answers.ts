import { Vector } from '../../../isa/exceptions';
import { Rflags } from '../../../isa/registers/flags';
import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { readVcpu, vmread, vmwrite } from '../../operations';
import { advanceRip } from '../advance-rip';
import { injectException, injectGeneralProtection } from '../inject';
import { isSupervisor } from '../supervisor';
import { writeVmcs12 } from './operations';
import { NONE } from './nested-vtx';

/** How VMX instructions of L1's end (SDM 3C 31.2). */

const STATUS = BigInt(Rflags.CF | Rflags.PF | Rflags.AF | Rflags.ZF | Rflags.SF | Rflags.OF);

/** What all need but VMXON: VMX operation, else there is no such instruction, and ring 0. The mode the processor has checked before the VM exit. */
export function* mayExecute(): Handler<boolean> {
  if ((yield readVcpu('vmxon12')) === NONE) {
    yield* injectException(Vector.UD);
    return false;
  }
  return yield* requireRing0();
}

export function* requireRing0(): Handler<boolean> {
  if (yield* isSupervisor()) return true;
  yield* injectGeneralProtection();
  return false;
}

export const succeed = (): Handler => end(0);

export const failInvalid = (): Handler => end(Rflags.CF);

/** VMfailValid, or VMfailInvalid where no VMCS is current that could hold the number. @param error one of `VmInstructionError` */
export function* fail(error: number): Handler {
  if ((yield readVcpu('vmcs12')) === NONE) {
    yield* failInvalid();
    return;
  }
  yield writeVmcs12(Field.VM_INSTRUCTION_ERROR, error);
  yield* end(Rflags.ZF);
}

function* end(flag: number): Handler {
  const flags = yield vmread(Field.GUEST_RFLAGS);
  yield vmwrite(Field.GUEST_RFLAGS, (flags & ~STATUS) | BigInt(flag));
  yield* advanceRip();
}

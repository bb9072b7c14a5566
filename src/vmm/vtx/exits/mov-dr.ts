import { Field } from '../../../isa/vmx/fields';
import { moveDebugRegister } from '../../hardware/exits/debug-registers';
import type { Handler } from '../../operation';
import { vmread } from '../../operations';
import type { VtxVcpu } from '../vtx-vcpu';

const READS = 16n;

/** MOV to and from debug registers: the qualification tells which (SDM 3C table 28-4). */
export function* handleMovDr(vcpu: VtxVcpu): Handler {
  const qualification = yield vmread(Field.EXIT_QUALIFICATION);
  const number = Number(qualification & 7n);
  const gpr = Number((qualification >> 8n) & 15n);
  yield* moveDebugRegister(vcpu, { number, gpr, reads: (qualification & READS) !== 0n });
}

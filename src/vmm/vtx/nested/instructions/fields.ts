import { VmInstructionError } from '../../../../isa/vmx/instruction-errors';
import type { Handler } from '../../../operation';
import { readVcpu } from '../../../operations';
import { fail, failInvalid, mayExecute, succeed } from '../answers';
import { NONE, type NestedVtx } from '../nested-vtx';
import { operandBytes, readOperand, registerOperand, writeOperand } from '../operands';
import { readVmcs12, writeVmcs12 } from '../operations';

/** Fields of L1's current VMCS (SDM 3C 31.3, VMREAD and VMWRITE). */

export function* vmread({ fields }: NestedVtx): Handler {
  if (!(yield* mayAccess())) return;
  const encoding = Number(yield* registerOperand());
  if (!fields.exists(encoding)) {
    yield* fail(VmInstructionError.UNSUPPORTED_COMPONENT);
    return;
  }
  const value = yield readVmcs12(encoding);
  const bytes = yield* operandBytes();
  if (yield* writeOperand(bytes, BigInt.asUintN(8 * bytes, value))) yield* succeed();
}

export function* vmwrite({ fields }: NestedVtx): Handler {
  if (!(yield* mayAccess())) return;
  const value = yield* readOperand(yield* operandBytes());
  if (value === undefined) return;
  const encoding = Number(yield* registerOperand());
  if (!fields.exists(encoding)) {
    yield* fail(VmInstructionError.UNSUPPORTED_COMPONENT);
    return;
  }
  if (!fields.isWritable(encoding)) {
    yield* fail(VmInstructionError.VMWRITE_READ_ONLY);
    return;
  }
  yield writeVmcs12(encoding, value);
  yield* succeed();
}

function* mayAccess(): Handler<boolean> {
  if (!(yield* mayExecute())) return false;
  if ((yield readVcpu('vmcs12')) !== NONE) return true;
  yield* failInvalid();
  return false;
}

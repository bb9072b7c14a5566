import { VmInstructionError } from '../../../../isa/vmx/instruction-errors';
import type { Handler } from '../../../operation';
import { readVcpu, writeVcpu } from '../../../operations';
import { fail, mayExecute, succeed } from '../answers';
import { isRegion, NONE, type NestedVtx } from '../nested-vtx';
import { readMemoryOperand, writeMemoryOperand } from '../operands';
import { clearVmcs12 } from '../operations';
import { hasRevision } from './operation';

/** Which VMCS of L1's is current (SDM 3C 31.3, VMCLEAR, VMPTRLD and VMPTRST). What the fields hold has always been in its memory. */

export function* vmclear(nested: NestedVtx): Handler {
  if (!(yield* mayExecute())) return;
  const pointer = yield* readMemoryOperand(8);
  if (pointer === undefined) return;
  if (!isRegion(nested, pointer)) {
    yield* fail(VmInstructionError.VMCLEAR_INVALID_ADDRESS);
    return;
  }
  if (pointer === (yield readVcpu('vmxon12'))) {
    yield* fail(VmInstructionError.VMCLEAR_VMXON_POINTER);
    return;
  }
  yield clearVmcs12(pointer);
  if (pointer === (yield readVcpu('vmcs12'))) yield writeVcpu('vmcs12', NONE);
  yield* succeed();
}

export function* vmptrld(nested: NestedVtx): Handler {
  if (!(yield* mayExecute())) return;
  const pointer = yield* readMemoryOperand(8);
  if (pointer === undefined) return;
  if (!isRegion(nested, pointer)) {
    yield* fail(VmInstructionError.VMPTRLD_INVALID_ADDRESS);
    return;
  }
  if (pointer === (yield readVcpu('vmxon12'))) {
    yield* fail(VmInstructionError.VMPTRLD_VMXON_POINTER);
    return;
  }
  if (!(yield* hasRevision(nested, pointer))) {
    yield* fail(VmInstructionError.VMPTRLD_WRONG_REVISION);
    return;
  }
  yield writeVcpu('vmcs12', pointer);
  yield* succeed();
}

/** All ones where none is current: that is how the vCPU's area says so, too. */
export function* vmptrst(): Handler {
  if (!(yield* mayExecute())) return;
  const pointer = yield readVcpu('vmcs12');
  if (yield* writeMemoryOperand(8, pointer)) yield* succeed();
}

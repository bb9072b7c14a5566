import { Interruptibility } from '../../isa/vmx/events';
import { Field } from '../../isa/vmx/fields';
import type { Handler } from '../operation';
import { completeInstruction, vmread, vmwrite } from '../operations';

const SHADOWS = BigInt(Interruptibility.BLOCKING_BY_STI | Interruptibility.BLOCKING_BY_MOV_SS);

/**
 * Moves the guest past the instruction that exited: the processor has left RIP at it. An
 * instruction that completes also ends blocking by STI and MOV SS.
 */
export function* advanceRip(): Handler {
  const rip = yield vmread(Field.GUEST_RIP);
  const length = yield vmread(Field.VM_EXIT_INSTRUCTION_LEN);
  yield completeInstruction(BigInt.asUintN(64, rip + length));
  yield* endBlocking();
}

/** The instruction has completed, by whatever means. */
export function* endBlocking(): Handler {
  const blocking = yield vmread(Field.GUEST_INTERRUPTIBILITY_INFO);
  if (blocking & SHADOWS) yield vmwrite(Field.GUEST_INTERRUPTIBILITY_INFO, blocking & ~SHADOWS);
}

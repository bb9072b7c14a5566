import { Vector } from '../../../isa/exceptions';
import { goOn } from '../../deprivilege/handlers/enter';
import { answerTrap } from '../../deprivilege/handlers/trap';
import { saveFrame, saveRegisters } from '../../deprivilege/operations';
import { emulateInstruction } from '../../emulate/handlers/instruction';
import type { Handler } from '../../operation';
import { skipPrefix, synchronizeSharedPage } from '../operations';

/**
 * Every way out of a paravirtual guest. Hypercalls are among them: VMCALL raises #UD outside of VMX operation, and the
 * virtual processor, which executes it, has it.
 *
 * @param vector the number of the gate
 */
export function* handleParavirtTrap(vector: number): Handler {
  yield saveRegisters();
  yield saveFrame();
  yield synchronizeSharedPage();
  if (vector === Vector.UD) yield skipPrefix();
  yield* answerTrap(vector);
  yield synchronizeSharedPage();
  yield* goOn();
}

/** The next instruction of a guest that the processor cannot run as it is. */
export function* emulateParavirt(): Handler {
  yield synchronizeSharedPage();
  yield* emulateInstruction();
  yield synchronizeSharedPage();
  yield* goOn();
}

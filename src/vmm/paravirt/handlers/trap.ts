import { Vector } from '../../../isa/exceptions';
import { goOn } from '../../deprivilege/handlers/enter';
import { answerTrap } from '../../deprivilege/handlers/trap';
import { saveFrame, saveRegisters } from '../../deprivilege/operations';
import { emulateInstruction } from '../../emulate/handlers/instruction';
import type { Handler } from '../../operation';
import type { Turns } from '../../schedule/turns';
import { skipPrefix, synchronizeSharedPage } from '../operations';

/**
 * Every way out of a paravirtual guest. Hypercalls are among them: VMCALL raises #UD outside of VMX operation, and the
 * virtual processor, which executes it, has it.
 *
 * @param vector the number of the gate
 */
export function* handleParavirtTrap(vector: number, turns: Turns): Handler {
  yield saveRegisters();
  yield saveFrame();
  yield synchronizeSharedPage();
  if (vector === Vector.UD) yield skipPrefix();
  yield* answerTrap(vector, turns);
  yield synchronizeSharedPage();
  yield* goOn(turns);
}

/** The next instruction of a guest that the processor cannot run as it is. */
export function* emulateParavirt(turns: Turns): Handler {
  yield synchronizeSharedPage();
  yield* emulateInstruction(turns);
  yield synchronizeSharedPage();
  yield* goOn(turns);
}

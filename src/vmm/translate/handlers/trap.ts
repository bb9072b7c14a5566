import { Vector } from '../../../isa/exceptions';
import { handlePageFault } from '../../deprivilege/handlers/page-fault';
import {
  answerTimer,
  FIRST_INTERRUPT,
  passOnDebugException,
} from '../../deprivilege/handlers/trap';
import { saveFrame, saveRegisters } from '../../deprivilege/operations';
import { emulateInstruction } from '../../emulate/handlers/instruction';
import type { Handler } from '../../operation';
import { Fills } from '../../operations';
import type { Turns } from '../../schedule/turns';
import { Came, completeBranch, findMark, noteTrap } from '../operations';
import { goOn } from './enter';

/** A selector that the processor cannot load in the kernel's stead. */
const SEGMENT_FAULTS = new Set<number>([Vector.NP, Vector.SS, Vector.GP]);

/**
 * Every way out of a guest whose kernel is translated: what the translation calls the monitor for, with UD2, and
 * exceptions and interrupts.
 *
 * @param vector the number of the gate
 */
export function* handleTrap(vector: number, turns: Turns): Handler {
  const came = yield findMark();
  yield saveRegisters();
  yield saveFrame();
  if (vector >= FIRST_INTERRUPT) yield* answerTimer();
  else if (came === Came.FROM_LOOKUP) yield completeBranch();
  else if (came !== Came.FROM_BRANCH) yield* handleException(vector, came, turns);
  yield* goOn(came, turns);
}

function* handleException(vector: number, came: bigint, turns: Turns): Handler {
  if (vector === Vector.DB) {
    yield* passOnDebugException();
    return;
  }
  if (vector !== Vector.PF) {
    if (came === Came.FROM_INSTRUCTION && SEGMENT_FAULTS.has(vector)) yield noteTrap();
    yield* emulateInstruction(turns);
  } else if ((yield* handlePageFault(turns)) === Fills.EMULATE && came === Came.FROM_INSTRUCTION) {
    yield noteTrap();
  }
}

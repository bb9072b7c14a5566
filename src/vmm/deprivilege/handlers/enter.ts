import type { Handler } from '../../operation';
import { armHostTimer, interruptPending } from '../../operations';
import type { Turns } from '../../schedule/turns';
import {
  comeBackSoon,
  iretq,
  leaveSoftware,
  leaveToSoftware,
  loadControlRegisters,
  restoreRegisters,
  runsDirectly,
  writeShadowDescriptors,
} from '../operations';

/** The guest goes on when it is its turn: on the processor itself if that can be, else in software. */
export function* goOn(turns: Turns): Handler {
  yield* turns.next();
  if ((yield runsDirectly()) === 0n) {
    yield leaveToSoftware();
    return;
  }
  yield* enterGuest();
}

/** The processor gets the guest's registers, and goes on with it. */
export function* enterGuest(): Handler {
  yield leaveSoftware();
  // One that a debugger holds back must not be forgotten.
  if ((yield interruptPending()) === 2n) yield comeBackSoon();
  else yield armHostTimer();
  yield writeShadowDescriptors();
  yield loadControlRegisters();
  yield restoreRegisters();
  yield iretq();
}

import type { Handler } from '../../operation';
import { armHostTimer } from '../../operations';
import {
  iretq,
  leaveSoftware,
  leaveToSoftware,
  loadControlRegisters,
  restoreRegisters,
  runsDirectly,
  writeShadowDescriptors,
} from '../operations';

/** The guest goes on: on the processor itself if that can be, else in software. */
export function* goOn(): Handler {
  if ((yield runsDirectly()) === 0n) {
    yield leaveToSoftware();
    return;
  }
  yield leaveSoftware();
  yield armHostTimer();
  yield writeShadowDescriptors();
  yield loadControlRegisters();
  yield restoreRegisters();
  yield iretq();
}

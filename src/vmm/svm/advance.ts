import { InterruptShadow } from '../../isa/svm/control-fields';
import type { Handler } from '../operation';
import { completeInstruction, readVmcb, writeVmcb } from './operations';

/** Moves the guest past the instruction that exited, to where the processor says that the next one is (APM 2 15.7.1). */
export function* advance(): Handler {
  const next = yield readVmcb('NRIP');
  yield completeInstruction(next);
  yield* endShadow();
}

/** The instruction has completed, by whatever means: the shadow of STI or MOV SS is over. */
export function* endShadow(): Handler {
  const shadow = yield readVmcb('INTERRUPT_SHADOW');
  if (shadow & InterruptShadow.INTERRUPT_SHADOW) {
    yield writeVmcb('INTERRUPT_SHADOW', shadow & ~InterruptShadow.INTERRUPT_SHADOW);
  }
}

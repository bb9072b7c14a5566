import { Vector } from '../../../isa/exceptions';
import type { Handler } from '../../operation';
import { injectException } from '../inject';

/** The guest was told that it has no VMX: its VMX instructions are undefined. */
export function* handleVmxInstruction(): Handler {
  yield* injectException(Vector.UD);
}

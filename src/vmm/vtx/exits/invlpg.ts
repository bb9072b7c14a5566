import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { invvpid, vmread } from '../../operations';
import { advanceRip } from '../advance-rip';

/** INVLPG: the linear address is the exit qualification. */
export function* handleInvlpg(): Handler {
  const linear = yield vmread(Field.EXIT_QUALIFICATION);
  yield invvpid(linear);
  yield* advanceRip();
}

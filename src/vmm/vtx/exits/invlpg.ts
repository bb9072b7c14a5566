import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { vmread } from '../../operations';
import { advanceRip } from '../advance-rip';
import type { VtxVcpu } from '../vtx-vcpu';

/** INVLPG: the linear address is the exit qualification. */
export function* handleInvlpg({ translations }: VtxVcpu): Handler {
  const linear = yield vmread(Field.EXIT_QUALIFICATION);
  yield* translations.forgetPage(linear);
  yield* advanceRip();
}

import { Field } from '../../../isa/vmx/fields';
import type { Handler } from '../../operation';
import { vmread } from '../../operations';
import { advanceRip } from '../advance-rip';
import type { VtxPaging } from '../paging/vtx-paging';

/** INVLPG: the linear address is the exit qualification. */
export function* handleInvlpg({ translations }: VtxPaging): Handler {
  const linear = yield vmread(Field.EXIT_QUALIFICATION);
  yield* translations.forgetPage(linear);
  yield* advanceRip();
}

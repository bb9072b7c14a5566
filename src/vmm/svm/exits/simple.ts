import { Vector } from '../../../isa/exceptions';
import type { Handler } from '../../operation';
import type { SvmVcpu } from '../svm-vcpu';

/** There is nothing to be done: the guest goes on behind its instruction. */
export function* advance(vcpu: SvmVcpu): Handler {
  yield* vcpu.advance();
}

/** The guest was told that it has no such instruction. */
export function* handleUndefined(vcpu: SvmVcpu): Handler {
  yield* vcpu.inject(Vector.UD);
}

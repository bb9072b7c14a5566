import { Vector } from '../../../isa/exceptions';
import type { Handler } from '../../operation';
import type { Vcpu } from '../vcpu';

/** #GP(0), as the guest's instruction would have raised it. */
export function* injectGeneralProtection(vcpu: Vcpu): Handler {
  yield* vcpu.inject(Vector.GP, 0);
}

import type { Processor } from '../../../processor/processor';
import { nested } from '../../../processor/svm/guest-state';
import type { Vmcb } from '../../../processor/svm/vmcb';
import type { TlbTags } from '../technique';

/** The tags of translations under SVM (APM 2 15.16): ASID 0 is that of the host. */
export function asids({ spaces }: Processor, vmcb: Vmcb): TlbTags {
  const { tag, root } = spaces.guest;
  return {
    host: 'ASID 0',
    guest: `ASID ${String(tag)}`,
    ofThisGuest:
      vmcb.readNumber('GUEST_ASID') === tag && (nested(vmcb) ? vmcb.read('N_CR3') : 0n) === root,
  };
}

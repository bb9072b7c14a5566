import { loadLeft, saveLeft } from '../hardware/left-context';
import type { Handler } from '../operation';
import { nothing, type ContextSwitch } from '../schedule/turns';

/**
 * A guest of SVM gives the processor away, or gets it: its registers lie in its VMCB and its area already. No VMCB is loaded
 * before VMRUN, and the host's timer ends time slices.
 */
export const SVM_CONTEXT: ContextSwitch = {
  *save(): Handler {
    yield saveLeft();
  },
  *load(): Handler {
    yield loadLeft();
  },
  renew: nothing,
};

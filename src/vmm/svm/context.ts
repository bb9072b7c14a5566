import { loadLeft, saveLeft } from '../hardware/left-context';
import type { Translations } from '../hardware/translations';
import type { Handler } from '../operation';
import { mappingsChanged } from '../operations';
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

/** The same for one of a guest's virtual processors: another one may have changed the nested tables, which are theirs together. */
export const siblingContext = (translations: Translations): ContextSwitch => ({
  ...SVM_CONTEXT,
  *load(): Handler {
    yield* SVM_CONTEXT.load();
    if ((yield mappingsChanged()) === 1n) yield* translations.forgetAll();
  },
});

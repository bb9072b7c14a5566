import type { Translations } from '../hardware/translations';
import type { Handler } from '../operation';
import { invvpid } from '../operations';

/** By INVVPID, where the guest's translations have a VPID. */
export const TAGGED: Translations = {
  tagged: true,
  *forgetPage(linear) {
    yield invvpid('individual-address', linear);
  },
  *forgetNonGlobal() {
    yield invvpid('single-context, retaining globals');
  },
  *forgetAll() {
    yield invvpid('single-context');
  },
};

/** The VM entry drops all of them, and INVVPID knows no VPID 0 (SDM 3C 29.4.3.1, 31.3). */
function* leftToEntry(): Handler {
  // Nothing is left to do.
}

export const UNTAGGED: Translations = {
  tagged: false,
  forgetPage: leftToEntry,
  forgetNonGlobal: leftToEntry,
  forgetAll: leftToEntry,
};

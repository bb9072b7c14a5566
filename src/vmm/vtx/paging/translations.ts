import type { Handler } from '../../operation';
import { invvpid } from '../../operations';

/**
 * What has to be done so that the processor forgets translations of the guest's linear addresses (SDM 3C
 * 29.4.3.3). It depends on whether they have a tag, the VPID, by which they outlive VM exits and VM entries.
 */
export interface Translations {
  readonly tagged: boolean;
  /** Those of one address, global or not, as INVLPG does. */
  forgetPage(linear: bigint): Handler;
  /** Those that a load of CR3 drops: not the global ones. */
  forgetNonGlobal(): Handler;
  forgetAll(): Handler;
}

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

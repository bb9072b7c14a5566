import type { Handler } from '../operation';

/**
 * What has to be done so that the processor forgets translations of the guest's linear addresses (SDM 3C
 * 29.4.3.3). It depends on whether they have a tag, a VPID or ASID, by which they outlive transitions.
 */
export interface Translations {
  readonly tagged: boolean;
  /** Those of one address, global or not, as INVLPG does. */
  forgetPage(linear: bigint): Handler;
  /** Those that a load of CR3 drops: not the global ones. */
  forgetNonGlobal(): Handler;
  forgetAll(): Handler;
}

/** The entry drops all of them. */
export function* nothing(): Handler {
  // Nothing is left to do.
}

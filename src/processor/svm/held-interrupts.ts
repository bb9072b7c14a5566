import type { GuestMode } from '../guest-mode/guest-mode';
import { ROOT_OPERATION } from '../guest-mode/root-operation';

/** Outside guest mode while the global interrupt flag is 0 (APM 2 15.17, table 15-10). */
export const INTERRUPTS_HELD: GuestMode = {
  ...ROOT_OPERATION,
  recognizesInterrupts: () => false,
  holdsSignals: true,
  discardsBreakpoints: true,
};

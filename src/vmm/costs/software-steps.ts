import { estimated } from './profile';

const INTERPRETER =
  'hundreds of instructions for each of the guest, as Adams and Agesen (2006) say of interpreters';

/** Each time the guest is entered; programming the timer, which is rare, costs port accesses besides. */
export const TIMER_IS_RIGHT = estimated(20, 'a look whether the host’s timer is armed rightly');

/**
 * The processors of the profiles have no SVM. Of those that have it, what was found is the sum of VMRUN, a #VMEXIT and
 * software, never VMRUN and #VMEXIT by themselves, so that there is no profile of an AMD processor.
 */
export const VMSAVE_ELSEWHERE = estimated(
  150,
  'this processor has no SVM; on an Athlon 64 X2, two of VMSAVE and two of VMLOAD were some 650 cycles (Xen, commit f64b7618e119)',
);

/** Steps of the monitor, as instructions of one cycle: the same on every processor. */
export const SOFTWARE_STEPS = {
  GPR_BLOCK: estimated(30, 'fifteen moves to memory and their addresses'),
  GPR: estimated(5, 'a move to or from memory'),
  MEMORY: estimated(10, 'an access through the map of the guest’s memory'),
  PAGE_WALK: estimated(80, 'four levels of some twenty instructions'),
  SHADOW_FILL: estimated(80, 'four levels of some twenty instructions'),
  SWAP: estimated(250_000, 'a page of a solid-state disk, in a tenth of a millisecond'),
  SOFTWARE: estimated(20, 'a look at a structure of the monitor'),
  TRANSLATION: estimated(5000, 'some hundreds of instructions for each that is translated'),
  EMULATION: estimated(600, INTERPRETER),
  EMULATED_EVENT: estimated(600, INTERPRETER),
} as const;

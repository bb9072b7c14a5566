import type { Processor } from '../../processor/processor';
import type { Technique } from '../techniques';

/**
 * Counts VM exits by basic reason, for a run that nobody debugs.
 *
 * @param isPresent whether the guest has the processor: others may be on the computer, too
 * @param counts to which they are added
 */
export function countExits(
  { observer }: Processor,
  { exits, leavesBy }: Technique,
  isPresent: () => boolean = () => true,
  counts = new Map<number, number>(),
): ReadonlyMap<number, number> {
  const others = { ...observer };
  const count = (): void => {
    const reason = exits.lastReason();
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  };
  if (leavesBy === 'trap') {
    observer.delivered = (event) => {
      if (isPresent()) count();
      else others.delivered?.(event);
    };
  } else {
    observer.exiting = () => {
      if (isPresent()) count();
      else others.exiting?.();
    };
  }
  observer.entryFailed = (how) => {
    if (!isPresent()) others.entryFailed?.(how);
    else if (!how.early) count();
  };
  return counts;
}

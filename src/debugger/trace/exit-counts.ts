import type { Processor } from '../../processor/processor';
import type { Technique } from '../techniques';

/** Counts VM exits by basic reason, for a run that nobody debugs. */
export function countExits(
  { observer }: Processor,
  { exits, leavesBy }: Technique,
): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const count = (): void => {
    const reason = exits.lastReason();
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  };
  if (leavesBy === 'trap') observer.delivered = count;
  else observer.exiting = count;
  observer.entryFailed = ({ early }) => {
    if (!early) count();
  };
  return counts;
}

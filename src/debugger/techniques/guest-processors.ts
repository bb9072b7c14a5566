import type { Processor } from '../../processor/processor';
import type { VirtualMachine } from '../../vmm';
import type { Technique } from './technique';

/**
 * The processors whose events are the guest's: not those that bring it to the monitor.
 *
 * @param vm undefined where the program has the bare computer, whose processor `own` is
 */
export function guestProcessors(
  technique: Technique,
  vm: VirtualMachine | undefined,
  own: Processor,
): readonly Processor[] {
  const processors = vm?.processors ?? [own];
  if (technique.leavesBy !== 'trap') return processors;
  return processors.filter((processor) => processor !== own);
}

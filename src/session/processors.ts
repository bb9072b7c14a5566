import type { ProfileName } from '../processor/profile/amd';
import type { Paging } from '../vmm';
import type { MonitorName } from './machine';

/** The processor that a monitor needs; with others it is for the user to choose. */
const NEEDED: Partial<Readonly<Record<MonitorName, ProfileName>>> = { vtx: 'intel', svm: 'amd' };

export const neededProcessor = (monitor: MonitorName): ProfileName | undefined => NEEDED[monitor];

/** What has several virtual processors for a guest, where the processor translates guest-physical addresses. */
const SEVERAL: ReadonlySet<MonitorName> = new Set(['none', 'vtx', 'svm']);

/** What keeps a computer, or a guest, from having several processors. */
export type SeveralObstacle = 'technique' | 'shadow-paging' | 'several-guests';

/** @param wish what somebody wants several processors with; undefined: he can have them */
export function severalObstacle(wish: {
  readonly monitor: MonitorName;
  readonly paging: Paging;
  /** Whether there are guests beside the first one. */
  readonly others: boolean;
}): SeveralObstacle | undefined {
  if (!SEVERAL.has(wish.monitor)) return 'technique';
  if (wish.others) return 'several-guests';
  return wish.monitor !== 'none' && wish.paging === 'shadow' ? 'shadow-paging' : undefined;
}

/** What keeps a guest from having guests itself: a choice that it does not go with. */
export type NestedObstacle =
  'monitor' | 'shadow-paging' | 'hosted' | 'several-guests' | 'several-processors';

/** @param wish what somebody wants a guest with that has guests; undefined: he can have it */
export function nestedObstacle(wish: {
  readonly monitor: MonitorName;
  readonly paging: Paging;
  readonly hosted: boolean;
  readonly others: boolean;
  readonly cpus: number;
}): NestedObstacle | undefined {
  if (wish.monitor !== 'vtx') return 'monitor';
  if (wish.paging === 'shadow') return 'shadow-paging';
  if (wish.hosted) return 'hosted';
  if (wish.others) return 'several-guests';
  return wish.cpus > 1 ? 'several-processors' : undefined;
}

/** What virtualizes in hardware on a processor. */
const hardwareMonitor = (cpu: ProfileName): MonitorName => (cpu === 'amd' ? 'svm' : 'vtx');

/** What a computer has, where somebody has said only one of the two, or nothing. */
export function processorAndMonitor(
  cpu: ProfileName | undefined,
  monitor: MonitorName | undefined,
): { readonly cpu: ProfileName; readonly monitor: MonitorName } {
  if (monitor !== undefined) {
    return { cpu: cpu ?? neededProcessor(monitor) ?? 'intel', monitor };
  }
  const chosen = cpu ?? 'intel';
  return { cpu: chosen, monitor: hardwareMonitor(chosen) };
}

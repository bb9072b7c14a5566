import type { ProfileName } from '../processor/profile/amd';
import type { MonitorName } from './machine';

/** The processor that a monitor needs; with others it is for the user to choose. */
const NEEDED: Partial<Readonly<Record<MonitorName, ProfileName>>> = { vtx: 'intel', svm: 'amd' };

export const neededProcessor = (monitor: MonitorName): ProfileName | undefined => NEEDED[monitor];

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

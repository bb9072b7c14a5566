import type { Paging } from '../vmm';
import type { MonitorName } from './machine';

/** A way of running a guest: a monitor, and what translates the guest's addresses where it can be chosen. */
export interface Way {
  readonly name: string;
  readonly monitor: MonitorName;
  readonly paging?: Paging;
}

/** All there are, the bare computer first. What holds of one has to hold of each: tests go through this list. */
export const WAYS: readonly [Way, ...Way[]] = [
  { name: 'none', monitor: 'none' },
  { name: 'vtx', monitor: 'vtx' },
  { name: 'vtx with shadow paging', monitor: 'vtx', paging: 'shadow' },
  { name: 'svm', monitor: 'svm' },
  { name: 'svm with shadow paging', monitor: 'svm', paging: 'shadow' },
  { name: 'emulate', monitor: 'emulate' },
  { name: 'deprivilege', monitor: 'deprivilege' },
  { name: 'translate', monitor: 'translate' },
  { name: 'paravirt', monitor: 'paravirt' },
];

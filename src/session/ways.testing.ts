import type { MachineOptions } from './machine';
import { WAYS, type Way } from './ways';

/** A way of running a guest, perhaps on a host. */
export interface TestedWay extends Way {
  readonly hosting?: NonNullable<MachineOptions['hosting']>;
  /** How many virtual processors the guest has: one, if it is not said. It is alone then. */
  readonly cpus?: number;
}

/** What is left beside video memory, which keeps its frames, are some twenty pages: they come and go all the time. */
export const SCARCE = { memory: 48 * 4096 };

/** Ways in which the host takes pages away. The tables of a paravirtual guest hold frames. */
export const SCARCE_WAYS: readonly TestedWay[] = WAYS.filter(
  ({ monitor }) => monitor !== 'none' && monitor !== 'paravirt',
).map((way) => ({ ...way, name: `${way.name}, hosted`, hosting: SCARCE }));

/** Ways in which a guest has several virtual processors, also where pages go that they have in common. */
const SEVERAL_WAYS: readonly TestedWay[] = [...WAYS, ...SCARCE_WAYS]
  .filter(({ name }) => /^(vtx|svm)(, hosted)?$/.test(name))
  .map((way) => ({ ...way, name: `${way.name}, two vCPUs`, cpus: 2 }));

export const TESTED_WAYS: readonly TestedWay[] = [...WAYS, ...SCARCE_WAYS, ...SEVERAL_WAYS];

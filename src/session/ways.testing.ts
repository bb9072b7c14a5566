import type { MachineOptions } from './machine';
import { WAYS, type Way } from './ways';

/** A way of running a guest, perhaps on a host. */
export interface TestedWay extends Way {
  readonly hosting?: NonNullable<MachineOptions['hosting']>;
}

/** What is left beside video memory, which keeps its frames, are some twenty pages: they come and go all the time. */
export const SCARCE = { memory: 48 * 4096 };

/** Ways in which the host takes pages away. The tables of a paravirtual guest hold frames. */
export const SCARCE_WAYS: readonly TestedWay[] = WAYS.filter(
  ({ monitor }) => monitor !== 'none' && monitor !== 'paravirt',
).map((way) => ({ ...way, name: `${way.name}, hosted`, hosting: SCARCE }));

export const TESTED_WAYS: readonly TestedWay[] = [...WAYS, ...SCARCE_WAYS];

import { CORE } from './core';
import { COST_EVENTS, type CostEvent } from './events';
import { PENTIUM_4 } from './pentium-4';
import type { CostProfile } from './profile';
import { SANDY_BRIDGE } from './sandy-bridge';

export { COST_EVENTS, type CostEvent } from './events';
export type { Basis, CostProfile, Figure } from './profile';

/** The processors that a comparison tells the costs for. */
export const COST_PROFILES: readonly CostProfile[] = [PENTIUM_4, CORE, SANDY_BRIDGE];

/** What an operation of the monitor is to the cost model. */
export interface OperationCost {
  /** Its place in `COST_EVENTS`. */
  readonly number: number;
  /** On the processor that the debugger reckons with. */
  readonly cycles: number;
}

/**
 * Modelled costs: the second clock, used to compare techniques and never to time anything. What an operation of the
 * monitor costs where one number is shown.
 */
export const Cost = Object.fromEntries(
  COST_EVENTS.map((event, number) => [
    event,
    { number, cycles: SANDY_BRIDGE.figures[event].cycles },
  ]),
) as Readonly<Record<CostEvent, OperationCost>>;

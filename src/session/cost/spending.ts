import { COST_EVENTS, type CostEvent, type CostProfile } from '../../vmm';
import type { EventCounts } from './measurement';

/** What modelled cycles are spent on, the guest's own work first. */
export const SPENDINGS = [
  'instructions',
  'system',
  'events',
  'translation',
  'transitions',
  'structure',
  'software',
  'emulation',
] as const;
export type Spending = (typeof SPENDINGS)[number];

/** What is not here is a step of the monitor's software. */
const SPENT: Readonly<Partial<Record<CostEvent, Spending>>> = {
  ...each('instructions', 'INSTRUCTION'),
  ...each('system', 'CR_READ', 'CR_WRITE', 'CR8_WRITE', 'TABLE', 'MSR', 'CPUID', 'RDTSC'),
  ...each('system', 'INVLPG', 'PORT', 'FAR_TRANSFER'),
  ...each('events', 'EXCEPTION', 'INTERRUPT', 'INTERRUPT_RETURN', 'SYSTEM_CALL', 'SYSTEM_RETURN'),
  ...each('translation', 'TLB_MISS', 'WALK_REFERENCE'),
  ...each('transitions', 'VM_EXIT', 'VM_ENTRY'),
  ...each('structure', 'VMREAD', 'VMWRITE', 'VMPTRLD', 'VMCLEAR', 'VMXON', 'INVEPT', 'VMSAVE'),
  ...each('emulation', 'EMULATION', 'EMULATED_EVENT'),
};

function each(spending: Spending, ...events: readonly CostEvent[]): Record<string, Spending> {
  return Object.fromEntries(events.map((event) => [event, spending]));
}

/** The modelled cycles of events by what they are spent on; together they are `modelledCycles`. */
export function spentCycles(
  events: EventCounts,
  { figures }: CostProfile,
): Readonly<Record<Spending, number>> {
  const spent = Object.fromEntries(SPENDINGS.map((spending) => [spending, 0])) as Record<
    Spending,
    number
  >;
  for (const event of COST_EVENTS) {
    spent[SPENT[event] ?? 'software'] += events[event] * figures[event].cycles;
  }
  return spent;
}

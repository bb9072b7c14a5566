import { slowInstructions } from '../../processor/execution/slow-instructions';
import type { Tally } from '../../processor/execution/tally';
import { COST_EVENTS, type CostEvent, type CostProfile } from '../../vmm';
import type { Machine } from '../machine';
import { costOfInstruction } from './instruction-costs';

/** How often everything happened that takes time. */
export type EventCounts = Readonly<Record<CostEvent, number>>;

/** What a machine has done so far, or between two moments. */
export interface Measurement {
  readonly events: EventCounts;
  /** Instructions of the guest that the processor has executed, and those that the monitor has done. */
  readonly direct: number;
  readonly inSoftware: number;
  readonly hypercalls: number;
  /** Entries of shadow tables that a page fault brought about. */
  readonly shadowFaults: number;
  readonly tlbMisses: number;
  readonly walkReferences: number;
  /** Exceptions that the guest got by the monitor. */
  readonly reflectedFaults: number;
}

/** Instructions that the guest has completed, whoever has executed them. */
export function instructionsOf({ computer, vm }: Machine): number {
  const host = vm?.monitor.host;
  return computer.processor.retired + (host ? host.guest.emulated + host.tally.completed : 0);
}

/** All since the machine was built. */
export function measure(machine: Machine): Measurement {
  const { processor } = machine.computer;
  const { tally, progress } = processor;
  const host = machine.vm?.monitor.host;
  const walkReferences = tally.walkReferences + tally.secondLevelReferences;
  const events = processorEvents(tally);
  events.INSTRUCTION += progress.executed + progress.uncounted;
  // VM entries are counted by the processor, whoever makes them.
  for (const event of COST_EVENTS) {
    if (event !== 'VM_ENTRY') events[event] += host?.tally.operations(event) ?? 0;
  }
  return {
    events,
    direct: progress.executed,
    inSoftware: instructionsOf(machine) - progress.executed,
    hypercalls: host?.tally.hypercalls ?? 0,
    shadowFaults: host?.tally.operations('SHADOW_FILL') ?? 0,
    tlbMisses: tally.tlbMisses,
    walkReferences,
    reflectedFaults: tally.injectedExceptions + (host?.software?.cpu.tally.exceptions ?? 0),
  };
}

function processorEvents(tally: Tally): Record<CostEvent, number> {
  const events = Object.fromEntries(COST_EVENTS.map((event) => [event, 0])) as Record<
    CostEvent,
    number
  >;
  events.TLB_MISS = tally.tlbMisses;
  events.WALK_REFERENCE = tally.walkReferences + tally.secondLevelReferences;
  events.EXCEPTION = tally.exceptions;
  events.INTERRUPT = tally.interrupts + tally.softwareInterrupts;
  events.VM_EXIT = tally.exits;
  events.VM_ENTRY = tally.entries;
  events.CR_READ = sum(tally.controlReads);
  events.CR8_WRITE = tally.controlWrites[8] ?? 0;
  events.CR_WRITE = sum(tally.controlWrites) - events.CR8_WRITE;
  for (const [mnemonic, count] of slowInstructions(tally)) {
    const event = costOfInstruction(mnemonic);
    if (event) events[event] += count;
  }
  return events;
}

const sum = (counts: Float64Array): number => counts.reduce((all, count) => all + count, 0);

/** What has come between two moments. */
export const between = (before: Measurement, after: Measurement): Measurement =>
  combined(after, before, (later, earlier) => later - earlier);

/** Two stretches together. */
export const together = (one: Measurement, other: Measurement): Measurement =>
  combined(one, other, (a, b) => a + b);

type Combine = (a: number, b: number) => number;

function combined(one: Measurement, other: Measurement, combine: Combine): Measurement {
  const { events, ...rest } = one;
  const { events: otherEvents, ...otherRest } = other;
  return {
    ...eachCombined(rest, otherRest, combine),
    events: eachCombined(events, otherEvents, combine),
  };
}

function eachCombined<Name extends string>(
  one: Readonly<Record<Name, number>>,
  other: Readonly<Record<Name, number>>,
  combine: Combine,
): Record<Name, number> {
  const names = Object.keys(one) as Name[];
  const entries = names.map((name) => [name, combine(one[name], other[name])]);
  return Object.fromEntries(entries) as Record<Name, number>;
}

/** Modelled cycles: a sum, and no time that anybody has measured. */
export function modelledCycles(events: EventCounts, { figures }: CostProfile): number {
  return COST_EVENTS.reduce((cycles, event) => cycles + events[event] * figures[event].cycles, 0);
}

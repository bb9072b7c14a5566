import type { Comparison, Refusal, Trial } from './comparison';
import type { Difference } from './differences';
import type { Parting } from './parting';
import type { Stray } from './safety';
import type { Region } from './regions';
import {
  COST_PROFILES,
  modelledCycles,
  type EventCounts,
  type Measurement,
  type Outcome,
} from '../../session';
import { holeOf, STOP } from '../words/report-names';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** The JSON that `compare --json` writes. */
export function comparisonJson(comparison: Comparison): string {
  const { trials, refusals, regions } = comparison;
  const bare = trials.find(({ verdict }) => verdict === 'reference');
  return JSON.stringify(
    {
      ways: trials.map((trial) => reported(trial, regions, bare)),
      notRun: refusals.map(({ way, reason }: Refusal) => ({ way: way.name, reason })),
      costs: Object.fromEntries(COST_PROFILES.map(({ name, figures }) => [name, figures])),
    },
    undefined,
    2,
  );
}

function reported(trial: Trial, regions: readonly Region[], bare: Trial | undefined) {
  const { way, verdict, outcome, instructions, parting, measurement, safety } = trial;
  return {
    way: way.name,
    verdict,
    ...endOf(outcome),
    differences: trial.differences.map(difference),
    ...(parting && { parting: partingOf(parting) }),
    ...(trial.holes.length > 0 && { holes: trial.holes.map(holeOf) }),
    instructions,
    ...measured(measurement),
    ...(bare && { relativeToBare: ratios(measurement, bare.measurement) }),
    exits: Object.fromEntries(trial.exits),
    unclaimedPorts: strays(safety.ports),
    unansweredPages: strays(safety.pages),
    ...(regions.length > 0 && {
      regions: Object.fromEntries(
        regions.flatMap(({ name, count }) => {
          const region = trial.regions.get(name);
          return region ? [[name, { count, ...measured(region) }]] : [];
        }),
      ),
    }),
  };
}

const endOf = (outcome: Outcome | undefined) => ({
  stop: STOP[outcome?.kind ?? 'instruction-limit'],
  ...(outcome?.kind === 'exit-device' && { value: outcome.value }),
});

const measured = ({ events, ...rest }: Measurement) => ({
  ...rest,
  events: Object.fromEntries(Object.entries(events).filter(([, count]) => count !== 0)),
  cycles: cyclesOf(events),
});

const cyclesOf = (events: EventCounts): Record<string, number> =>
  Object.fromEntries(
    COST_PROFILES.map((profile) => [profile.name, modelledCycles(events, profile)]),
  );

/** How much more there is than on the bare computer, of what there is anything there. */
function ratios(found: Measurement, bare: Measurement) {
  const { tlbMisses, walkReferences } = bare;
  const cycles = COST_PROFILES.map((profile) => [
    profile.name,
    modelledCycles(found.events, profile) / modelledCycles(bare.events, profile),
  ]);
  return {
    cycles: Object.fromEntries(cycles) as Record<string, number>,
    ...(tlbMisses > 0 && { tlbMisses: found.tlbMisses / tlbMisses }),
    ...(walkReferences > 0 && { walkReferences: found.walkReferences / walkReferences }),
  };
}

function difference(found: Difference): object {
  switch (found.kind) {
    case 'end':
      return { kind: found.kind, bare: endOf(found.bare), found: endOf(found.found) };
    case 'register':
      return { ...found, bare: hex(found.bare), found: hex(found.found) };
    case 'memory':
      return { ...found, address: hex(found.address) };
    case 'output':
      return found;
  }
}

const partingOf = ({ place, bare, found, ...rest }: Parting) => ({
  ...rest,
  place: { ...place, address: hex(place.address) },
  bare: hex(bare),
  found: hex(found),
});

const strays = (all: readonly Stray[]) =>
  Object.fromEntries(all.map(({ address, ...counts }) => [hex(address), counts]));

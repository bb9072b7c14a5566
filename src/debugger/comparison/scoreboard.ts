import * as l10n from '@vscode/l10n';
import { labelled } from '../../isa/phrases';
import { COST_PROFILES, modelledCycles, type Measurement } from '../../session';
import { outcomeText, verdictText } from '../words/comparison';
import type { Comparison, Trial } from './comparison';
import type { Stray } from './safety';

/** One line of the scoreboard: the same measure in each way. */
export interface Score {
  /** For machines, the same in every language: 'cycles.pentium-4'. */
  readonly id: string;
  readonly label: string;
  /** In the order of the trials; undefined where there is nothing to tell. */
  readonly values: readonly (string | number | undefined)[];
  /** How a number is written. Default: as it is. */
  readonly as?: 'share';
}

/** What Popek and Goldberg ask of a virtual machine monitor, and what concerns it. */
export interface ScoreGroup {
  readonly id: 'equivalence' | 'performance' | 'safety' | 'regions';
  readonly label: string;
  readonly scores: readonly Score[];
}

/** A comparison as lines of values. */
export function scoreboard(comparison: Comparison): ScoreGroup[] {
  const { trials } = comparison;
  const groups: ScoreGroup[] = [
    { id: 'equivalence', label: l10n.t('Equivalence'), scores: equivalence(trials) },
    { id: 'performance', label: l10n.t('Performance'), scores: performance(trials) },
    { id: 'safety', label: l10n.t('Safety'), scores: safety(trials) },
    {
      id: 'regions',
      label: l10n.t('Modelled cycles of one pass'),
      scores: regionScores(comparison),
    },
  ];
  return groups.filter(({ scores }) => scores.length > 0);
}

const score = (
  id: string,
  label: string,
  trials: readonly Trial[],
  value: (trial: Trial) => string | number | undefined,
): Score => ({ id, label, values: trials.map(value) });

function equivalence(trials: readonly Trial[]): Score[] {
  return [
    score('verdict', l10n.t('verdict'), trials, ({ verdict }) => verdictText(verdict)),
    score('end', l10n.t('end'), trials, ({ outcome, names }) => outcomeText(outcome, names)),
    score('holes', l10n.t('sensitive instructions that did not trap'), trials, ({ holes }) =>
      sum(holes.map(({ count }) => count)),
    ),
  ];
}

function performance(trials: readonly Trial[]): Score[] {
  const of = (id: string, label: string, value: (m: Measurement) => number): Score =>
    score(id, label, trials, ({ measurement }) => value(measurement));
  return [
    score('instructions', l10n.t('instructions'), trials, ({ instructions }) => instructions),
    { ...of('direct', l10n.t('executed by the processor'), directShare), as: 'share' },
    of('in-software', l10n.t('done in software'), ({ inSoftware }) => inSoftware),
    score('exits', l10n.t('VM exits'), trials, ({ exits }) => sum([...exits.values()])),
    ...exitScores(trials),
    of('hypercalls', l10n.t('hypercalls'), ({ hypercalls }) => hypercalls),
    of('shadow-faults', l10n.t('shadow entries filled'), ({ shadowFaults }) => shadowFaults),
    of('tlb-misses', l10n.t('TLB misses'), ({ tlbMisses }) => tlbMisses),
    of('walk-references', l10n.t('entries read by walks'), (m) => m.walkReferences),
    ...COST_PROFILES.map((profile) =>
      of(`cycles.${profile.name}`, l10n.t('modelled cycles, {0}', profile.title), ({ events }) =>
        Math.round(modelledCycles(events, profile)),
      ),
    ),
  ];
}

const directShare = ({ direct, inSoftware }: Measurement): number =>
  direct / Math.max(1, direct + inSoftware);

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);

function exitScores(trials: readonly Trial[]): Score[] {
  const reasons = [...new Set(trials.flatMap(({ exits }) => [...exits.keys()]))].sort();
  return reasons.map((reason) =>
    score(`exits.${reason}`, labelled(l10n.t('VM exits'), reason), trials, (trial) =>
      trial.exits.get(reason),
    ),
  );
}

function safety(trials: readonly Trial[]): Score[] {
  const accesses = (strays: readonly Stray[]): number =>
    sum(strays.map(({ reads, writes }) => reads + writes));
  return [
    score('unclaimed-ports', l10n.t('accesses to ports of no device'), trials, (trial) =>
      accesses(trial.safety.ports),
    ),
    score('unanswered-pages', l10n.t('accesses to addresses of nobody'), trials, (trial) =>
      accesses(trial.safety.pages),
    ),
    score(
      'reflected-faults',
      l10n.t('exceptions given by the monitor'),
      trials,
      ({ measurement }) => measurement.reflectedFaults,
    ),
  ];
}

/** What one pass of each region costs. */
function regionScores({ trials, regions }: Comparison): Score[] {
  return COST_PROFILES.flatMap((profile) =>
    regions.map(({ name, count }) =>
      score(
        `region.${name}.${profile.name}`,
        l10n.t('{0}, {1}', name, profile.title),
        trials,
        (trial) => {
          const measured = trial.regions.get(name);
          return measured && Math.round(modelledCycles(measured.events, profile) / count);
        },
      ),
    ),
  );
}

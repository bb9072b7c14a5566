import * as l10n from '@vscode/l10n';
import { labelled } from '../../isa/phrases';
import type { Comparison, Trial } from '../../debugger/comparison/comparison';
import { gridForPeople } from '../../debugger/comparison/grid';
import { comparisonJson } from '../../debugger/comparison/json';
import {
  comparisonCsv,
  comparisonMarkdown,
  differingTexts,
  modelNote,
} from '../../debugger/comparison/reports';
import type { Stray } from '../../debugger/comparison/safety';
import { scoreboard, type ScoreGroup } from '../../debugger/comparison/scoreboard';
import { spendingText } from '../../debugger/words/costs';
import { wayText } from '../../debugger/words/ways';
import { COST_PROFILES, SPENDINGS, spentCycles, type CostProfile } from '../../session';
import type { ClientFormat } from '../client-format';
import { programSource } from '../program-sources';
import type { ShippedSources } from '../shipped-sources';
import type { ComparedCosts, ComparedGroup, ComparedWay, ComparisonBody } from './protocol';

/** What tells where sources are to a client. */
interface Naming {
  readonly client: ClientFormat;
  readonly shippedSources: ShippedSources;
}

/** A comparison as a client can show it. */
export function comparisonBody(
  comparison: Comparison,
  title: string,
  naming: Naming,
): ComparisonBody {
  return {
    title,
    note: modelNote(),
    ways: comparison.trials.map((trial) => comparedWay(trial, naming)),
    groups: scoreboard(comparison).map((group) => comparedGroup(comparison, group)),
    costs: COST_PROFILES.map((profile) => comparedCosts(comparison, profile)),
    notRun: comparison.refusals.map(({ way, reason }) => ({ way: way.name, reason })),
    files: {
      json: comparisonJson(comparison),
      csv: comparisonCsv(comparison),
      markdown: comparisonMarkdown(comparison),
    },
  };
}

function comparedWay(trial: Trial, naming: Naming): ComparedWay {
  const { way, verdict, safety } = trial;
  const parting = partingPlace(trial, naming);
  return {
    name: way.name,
    description: wayText(way),
    verdict,
    differences: differingTexts(trial),
    ...(parting && { parting }),
    strays: [
      ...safety.ports.map((stray) => strayText(l10n.t('port {0}', hex(stray.address)), stray)),
      ...safety.pages.map((stray) => {
        const page = l10n.t('page at guest-physical address {0}', hex(stray.address));
        return strayText(page, stray);
      }),
    ],
  };
}

const hex = (value: number): string => `0x${value.toString(16)}`;

const strayText = (subject: string, { reads, writes }: Stray): string =>
  labelled(subject, l10n.t('{0} reads, {1} writes', reads, writes));

/** Only what a client can open without a session: a file of the user's. */
function partingPlace(
  { parting }: Trial,
  { client, shippedSources }: Naming,
): ComparedWay['parting'] {
  const { file, line } = parting?.place ?? {};
  if (file === undefined || line === undefined) return undefined;
  if (shippedSources.text(file) !== undefined) return undefined;
  const source = programSource(file);
  const text = `${source.name ?? file}:${String(line)}`;
  return { source, line: client.toClientLine(line), text };
}

function comparedGroup(comparison: Comparison, group: ScoreGroup): ComparedGroup {
  const { rows } = gridForPeople(comparison, group);
  return {
    id: group.id,
    label: group.label,
    rows: group.scores.map(({ id, label }, n) => ({ id, label, cells: rows[n]?.slice(1) ?? [] })),
  };
}

function comparedCosts({ trials }: Comparison, profile: CostProfile): ComparedCosts {
  const ways = trials.map(({ measurement: { events } }) => {
    const spent = spentCycles(events, profile);
    const parts = SPENDINGS.map((spending) => spent[spending]);
    return { spent: parts, cycles: parts.reduce((all, part) => all + part, 0) };
  });
  const bare = ways[0]?.cycles ?? 0;
  return {
    profile: profile.name,
    title: profile.title,
    spendings: SPENDINGS.map((id) => ({ id, label: spendingText(id) })),
    ways: ways.map((way) => ({ ...way, ...(bare > 0 && { relative: way.cycles / bare }) })),
  };
}

import * as l10n from '@vscode/l10n';
import { listed } from '../../isa/phrases';
import { INTERCEPTS, type Intercept, type Paging, type VirtualMachine } from '../../vmm';
import type { ExitGroup } from './technique';

/** What the built-in monitor must be asked for, and what it never asks for. */
const NEEDS: Readonly<Record<string, readonly Intercept[]>> = {
  'exit.msr': ['msr'],
  'exit.invlpg': ['invlpg'],
  'exit.debug': ['mov-dr'],
  'exit.time': ['rdtsc', 'pause'],
  'exit.tables': [],
};

/** What comes with one way of translating the guest's memory alone. */
const OF_PAGING: Readonly<Record<string, Paging>> = {
  'exit.ept': 'ept',
  'exit.exception': 'shadow',
};

/** The exits that it asks for: of several virtual processors, each exits where it waits in a loop. */
export const askedOf = (
  { host }: VirtualMachine,
  asked: readonly Intercept[] = INTERCEPTS,
): readonly Intercept[] => (host.signals ? [...asked, 'pause'] : asked);

/** Why the built-in monitor never sees an exit of a group; undefined when it may. */
export function neverExits(
  { filter }: ExitGroup,
  asked: readonly Intercept[] = INTERCEPTS,
  paging: Paging = 'ept',
): string | undefined {
  const comesWith = OF_PAGING[filter];
  if (comesWith !== undefined && comesWith !== paging) {
    return comesWith === 'ept'
      ? l10n.t('there is no EPT with "paging": "shadow"')
      : l10n.t('the built-in monitor never asks for these VM exits');
  }
  if (filter === 'exit.invlpg' && paging === 'shadow') return undefined;
  const needs = NEEDS[filter];
  if (!needs || needs.some((intercept) => asked.includes(intercept))) return undefined;
  if (needs.length === 0) return l10n.t('the built-in monitor never asks for these VM exits');
  return l10n.t(
    'the monitor does not ask for these VM exits: add {0} to "intercepts"',
    listed(needs.map((intercept) => `"${intercept}"`)),
  );
}

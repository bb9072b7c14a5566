import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import { HOLE_KINDS } from '../../../vmm';
import type { ExitGroup } from '../technique';
import { holeReason, trapReason } from './reasons';

const FIRST_INTERRUPT = 32;
const others = Array.from({ length: FIRST_INTERRUPT }, (_, vector) => vector).filter(
  (vector) => vector !== Vector.GP && vector !== Vector.PF && vector !== Vector.UD,
);
const interrupts = Array.from({ length: 256 - FIRST_INTERRUPT }, (_, n) => n + FIRST_INTERRUPT);

/** One filter for each group of traps, and one for the holes. */
export const TRAP_GROUPS: readonly ExitGroup[] = [
  {
    filter: 'trap.privileged',
    label: () => l10n.t('privileged instruction (#GP, #UD)'),
    reasons: [Vector.GP, Vector.UD].map(trapReason),
  },
  {
    filter: 'trap.page-fault',
    label: () => l10n.t('page fault'),
    reasons: [trapReason(Vector.PF)],
  },
  {
    filter: 'trap.exception',
    label: () => l10n.t('other exception'),
    reasons: others.map(trapReason),
  },
  {
    filter: 'trap.interrupt',
    label: () => l10n.t('external interrupt'),
    reasons: interrupts.map(trapReason),
  },
  {
    filter: 'hole',
    label: () => l10n.t('sensitive instruction that does not trap'),
    reasons: HOLE_KINDS.map(holeReason),
  },
];

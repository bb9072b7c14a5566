import * as l10n from '@vscode/l10n';
import { Vector } from '../../../isa/exceptions';
import { HOLE_KINDS } from '../../../vmm';
import type { ExitGroup } from '../technique';
import { MOST_CALLS } from '../paravirt/hypercall';
import { holeReason, hypercallReason, trapReason } from './reasons';

const FIRST_INTERRUPT = 32;
const others = Array.from({ length: FIRST_INTERRUPT }, (_, vector) => vector).filter(
  (vector) => vector !== Vector.GP && vector !== Vector.PF && vector !== Vector.UD,
);
const interrupts = Array.from({ length: 256 - FIRST_INTERRUPT }, (_, n) => n + FIRST_INTERRUPT);

const trap = (filter: string, label: () => string, reasons: readonly number[]): ExitGroup => ({
  filter,
  label,
  title: () => l10n.t('Trap: {0}', label()),
  description: () =>
    l10n.t('Stops in the monitor when a deprivileged guest comes to it like this.'),
  reasons,
});

/** One filter for each group of traps, and one for the holes. */
export const TRAP_GROUPS: readonly ExitGroup[] = [
  trap(
    'trap.privileged',
    () => l10n.t('privileged instruction (#GP, #UD)'),
    [Vector.GP, Vector.UD].map(trapReason),
  ),
  trap(
    'trap.hypercall',
    () => l10n.t('hypercall'),
    Array.from({ length: MOST_CALLS }, (_, call) => hypercallReason(call)),
  ),
  trap('trap.page-fault', () => l10n.t('page fault'), [trapReason(Vector.PF)]),
  trap('trap.exception', () => l10n.t('other exception'), others.map(trapReason)),
  trap('trap.interrupt', () => l10n.t('external interrupt'), interrupts.map(trapReason)),
  {
    filter: 'hole',
    label: () => l10n.t('sensitive instruction that does not trap'),
    title: () => l10n.t('Hole: sensitive instruction that does not trap'),
    description: () =>
      l10n.t(
        'Stops before an instruction that shows a deprivileged guest something else than it believes.',
      ),
    reasons: HOLE_KINDS.map(holeReason),
  },
];

import * as l10n from '@vscode/l10n';
import { hex, reason, type Reason } from './reason';

/** Task switches (SDM 3A chapter 8). */

export const tssTooSmall = (selector: number, limit: number, smallest: number): Reason =>
  reason('tss-limit', 'SDM 3A 8.2.2', () =>
    l10n.t(
      'The TSS of selector {0} has the limit {1}; a task needs at least {2}.',
      hex(selector),
      hex(limit),
      hex(smallest),
    ),
  );

/** The T flag of a TSS asks for a debug exception. */
export const taskTrap = (selector: number): Reason =>
  reason('task-trap', 'SDM 3B 18.3.1.5', () =>
    l10n.t('The TSS of selector {0} has its T flag set.', hex(selector)),
  );

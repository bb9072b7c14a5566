import * as l10n from '@vscode/l10n';
import { X87_STATUS } from '../../isa/registers/floating-point';
import { reason, type Reason } from './reason';

/** Faults of the x87 unit (SDM 3A 2.5, 6.15). */

export const emulated = (): Reason =>
  reason('x87-emulated', 'SDM 3A 2.5', () =>
    l10n.t('CR0.EM is 1: x87 instructions are left to software.'),
  );

export const taskSwitched = (): Reason =>
  reason('x87-task-switched', 'SDM 3A 2.5', () =>
    l10n.t('CR0.TS is 1: the state of the x87 FPU belongs to another task.'),
  );

const EXCEPTIONS = X87_STATUS.fields.filter(({ low }) => low < 6);

/** @param flags in FSW that are not masked by FCW */
export const floatingPointError = (flags: number): Reason =>
  reason('x87-error', 'SDM 1 8.7', () =>
    l10n.t(
      'An exception of an x87 instruction before this one is pending, and not masked: {0}.',
      EXCEPTIONS.filter(({ low }) => flags & (1 << low))
        .map(({ name }) => name)
        .join(', '),
    ),
  );

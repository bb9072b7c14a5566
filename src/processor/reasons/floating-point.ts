import * as l10n from '@vscode/l10n';
import { X87_STATUS } from '../../isa/registers/floating-point';
import { reason, type Reason } from './reason';

/** Faults of the x87 unit (SDM 3A 6.15). */

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

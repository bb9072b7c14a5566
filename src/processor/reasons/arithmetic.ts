import * as l10n from '@vscode/l10n';
import { Vector } from '../../isa/exceptions';
import { reason, type Reason } from './reason';

/** Faults that trees raise: of arithmetic, and of vectors in memory; raised by definitions of instructions (SDM 2A DIV, IDIV, AAM). */

const divideByZero = reason('divide-by-zero', 'SDM 3A 6.15', () => l10n.t('The divisor is 0.'));
const quotientTooLarge = reason('quotient', 'SDM 3A 6.15', () =>
  l10n.t('The quotient does not fit into its register.'),
);

const misalignedVector = reason('misaligned-vector', 'SDM 1 4.1.1', () =>
  l10n.t('The memory operand of this instruction must be aligned to its own size.'),
);

const targetBeyondLimit = reason('target-limit', 'SDM 2A JMP', () =>
  l10n.t('The branch leads beyond the limit of the code segment.'),
);
const targetNotCanonical = reason('target-canonical', 'SDM 2A JMP', () =>
  l10n.t('The branch leads to an address that is not canonical.'),
);

/** What trees can raise, by number. */
export const Raised = {
  DIVIDE_BY_ZERO: 0,
  QUOTIENT: 1,
  MISALIGNED_VECTOR: 2,
  TARGET_BEYOND_LIMIT: 3,
  TARGET_NOT_CANONICAL: 4,
} as const;
export type RaisedNumber = (typeof Raised)[keyof typeof Raised];

export const RAISED: Readonly<
  Record<RaisedNumber, { vector: number; reason: Reason; errorCode?: number }>
> = {
  [Raised.DIVIDE_BY_ZERO]: { vector: Vector.DE, reason: divideByZero },
  [Raised.QUOTIENT]: { vector: Vector.DE, reason: quotientTooLarge },
  [Raised.TARGET_BEYOND_LIMIT]: { vector: Vector.GP, reason: targetBeyondLimit, errorCode: 0 },
  [Raised.TARGET_NOT_CANONICAL]: { vector: Vector.GP, reason: targetNotCanonical, errorCode: 0 },
  [Raised.MISALIGNED_VECTOR]: { vector: Vector.GP, reason: misalignedVector, errorCode: 0 },
};

export const outOfBounds = (index: bigint, lower: bigint, upper: bigint): Reason =>
  reason('bounds', 'SDM 2A BOUND', () =>
    l10n.t(
      'The index {0} is not within the bounds {1} to {2}.',
      String(index),
      String(lower),
      String(upper),
    ),
  );

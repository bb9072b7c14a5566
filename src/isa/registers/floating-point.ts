import { bit, masksOf, range, table } from '../bits';

/** The registers by which the x87 and SSE units are told how to compute, and by which they tell. */

/** The x87 control word (SDM 1 8.1.5). */
export const X87_CONTROL = table('FCW', 'SDM 1 8.1.5', [
  bit('IM', 0, 'Invalid operation raises no exception.'),
  bit('DM', 1, 'A denormal operand raises no exception.'),
  bit('ZM', 2, 'Division by zero raises no exception.'),
  bit('OM', 3, 'Overflow raises no exception.'),
  bit('UM', 4, 'Underflow raises no exception.'),
  bit('PM', 5, 'An inexact result raises no exception.'),
  range('PC', 9, 8, 'Precision of results: 24 bits (0), 53 bits (2) or 64 bits (3).'),
  range('RC', 11, 10, 'Rounding: to nearest (0), down (1), up (2), towards zero (3).'),
  bit('X', 12, 'Infinity control of the 80287; without effect.'),
]);
export const X87Control = masksOf(X87_CONTROL);

/** The x87 status word (SDM 1 8.1.3). */
export const X87_STATUS = table('FSW', 'SDM 1 8.1.3', [
  bit('IE', 0, 'Invalid operation.'),
  bit('DE', 1, 'Denormal operand.'),
  bit('ZE', 2, 'Division by zero.'),
  bit('OE', 3, 'Overflow.'),
  bit('UE', 4, 'Underflow.'),
  bit('PE', 5, 'Inexact result.'),
  bit('SF', 6, 'Stack fault: a register was empty, or was not.'),
  bit('ES', 7, 'An exception that is not masked is pending.'),
  bit('C0', 8, 'Condition code 0.'),
  bit('C1', 9, 'Condition code 1: rounded up; stack overflow.'),
  bit('C2', 10, 'Condition code 2.'),
  range('TOP', 13, 11, 'The register that is the top of the stack.'),
  bit('C3', 14, 'Condition code 3.'),
  bit('B', 15, 'As ES.'),
]);
export const X87Status = masksOf(X87_STATUS);

/** MXCSR, the control and status register of SSE (SDM 1 10.2.3). */
export const MXCSR = table('MXCSR', 'SDM 1 10.2.3', [
  bit('IE', 0, 'Invalid operation.'),
  bit('DE', 1, 'Denormal operand.'),
  bit('ZE', 2, 'Division by zero.'),
  bit('OE', 3, 'Overflow.'),
  bit('UE', 4, 'Underflow.'),
  bit('PE', 5, 'Inexact result.'),
  bit('DAZ', 6, 'Denormal operands count as zeros.'),
  bit('IM', 7, 'Invalid operation raises no exception.'),
  bit('DM', 8, 'A denormal operand raises no exception.'),
  bit('ZM', 9, 'Division by zero raises no exception.'),
  bit('OM', 10, 'Overflow raises no exception.'),
  bit('UM', 11, 'Underflow raises no exception.'),
  bit('PM', 12, 'An inexact result raises no exception.'),
  range('RC', 14, 13, 'Rounding: to nearest (0), down (1), up (2), towards zero (3).'),
  bit('FTZ', 15, 'A result that underflows becomes zero.'),
]);
export const Mxcsr = masksOf(MXCSR);
/** All exceptions masked, rounding to nearest. */
export const MXCSR_INITIAL = 0x1f80n;
/** The bits that can be set: MXCSR_MASK (SDM 1 11.6.6). Loading others raises #GP(0). */
export const MXCSR_WRITABLE = 0xffff;

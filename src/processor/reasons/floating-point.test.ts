import { protectedMode } from '../modes.testing';
import { Units } from '../state/layout';
import { row, type Setup, testReasons } from './reasons.testing';

const FLD1 = [0xd9, 0xe8] as const;
const cr0 =
  (bits: bigint): Setup =>
  ({ state }) => {
    state.cr0 |= bits;
  };
/** Division by zero and an inexact result are pending, and only the first is not masked. */
const pending: Setup = ({ state }) => {
  state.setSlot(Units.X87_CONTROL, 0x37bn);
  state.setSlot(Units.X87_STATUS, 0x80a4n);
  state.cr0 |= 0x20n;
};

describe('reasons of the x87 unit', () => {
  testReasons([
    row('fpu-emulated', 'CR0.EM is 1', protectedMode, cr0(4n), ...FLD1),
    row('task-switched', 'CR0.TS is 1', protectedMode, cr0(8n), ...FLD1),
    row(
      'x87-error',
      'An exception of an x87 instruction before this one is pending, and not masked: ZE.',
      protectedMode,
      pending,
      ...FLD1,
    ),
  ]);
});

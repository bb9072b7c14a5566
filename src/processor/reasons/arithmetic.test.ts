import { protectedMode } from '../modes.testing';
import { RCX, RDX, DATA, nothing, rax, both, row, testReasons } from './reasons.testing';

describe('reasons of arithmetic', () => {
  testReasons([
    row('divide-by-zero', 'The divisor is 0', protectedMode, nothing, 0xf7, 0xf1),
    row(
      'quotient',
      'The quotient does not fit',
      protectedMode,
      ({ state }) => {
        state.setGpr(RDX, 5n);
        state.setGpr(RCX, 5n);
      },
      0xf7,
      0xf1,
    ),
    row(
      'bounds',
      'The index 9 is not within the bounds 0 to 5',
      protectedMode,
      both(rax(9), ({ physical }) => {
        physical.write32(DATA + 4, 5);
      }),
      0x62,
      0x05,
      0x00,
      0x90,
      0x00,
      0x00,
    ),
  ]);
});

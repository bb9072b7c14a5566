import { longMode, protectedMode } from '../modes.testing';
import { CS } from '../state/layout';
import { RCX, RDX, DATA, nothing, rax, both, row, testReasons } from './reasons.testing';

describe('reasons of arithmetic', () => {
  testReasons([
    row(
      'target-limit',
      'The branch leads beyond the limit of the code segment.',
      protectedMode,
      both(rax(0x10000), (cpu) => {
        cpu.state.setSegment(CS, { ...cpu.state.segment(CS), limit: 0xffff });
        cpu.updateDerivedState();
      }),
      0xff,
      0xe0,
    ),
    row(
      'target-canonical',
      'The branch leads to an address that is not canonical.',
      longMode,
      rax(0x8000_0000_0000n),
      0xff,
      0xe0,
    ),
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

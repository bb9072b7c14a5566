import { protectedMode, TSS } from '../modes.testing';
import { RDX, ring3, both, row, virtual8086, derived, testReasons } from './reasons.testing';
import { TR } from '../state/layout';

describe('reasons of privilege levels', () => {
  testReasons([
    row(
      'privileged-instruction',
      'The instruction may be executed with CPL 0 only; CPL is 3',
      protectedMode,
      ring3,
      0xf4,
    ),
    row(
      'iopl',
      'The instruction needs CPL ≤ IOPL; CPL is 3, IOPL is 0',
      protectedMode,
      ring3,
      0xfa,
    ),
    row(
      'virtual-8086-iopl',
      'In virtual-8086 mode the instruction needs IOPL 3',
      protectedMode,
      both(ring3, virtual8086, derived),
      0x9c,
    ),
    row(
      'io-bitmap-absent',
      'With CPL 3 and IOPL 0',
      protectedMode,
      both(ring3, ({ state }) => {
        state.setSegment(TR, { ...state.segment(TR), limit: 0x60 });
      }),
      0xec,
    ),
    row(
      'io-bitmap-limit',
      'With CPL 3 and IOPL 0',
      protectedMode,
      both(ring3, ({ physical }) => {
        physical.write16(TSS + 102, 0x68);
      }),
      0xec,
    ),
    row(
      'io-bitmap',
      'With CPL 3 and IOPL 0',
      protectedMode,
      both(ring3, ({ physical, state }) => {
        physical.write16(TSS + 102, 0x68);
        physical.write32(TSS + 0x68, 0xffffffff);
        state.setSegment(TR, { ...state.segment(TR), limit: 0x100 });
        state.setGpr(RDX, 0n);
      }),
      0xec,
    ),
  ]);
});

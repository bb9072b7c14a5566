import { protectedMode, TSS } from '../modes.testing';
import {
  RDX,
  cr4,
  ring3,
  both,
  row,
  stacked,
  virtual8086,
  derived,
  testReasons,
  type Setup,
} from './reasons.testing';
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
      'virtual-interrupt-pending',
      'RFLAGS.VIP is 1: a virtual interrupt waits',
      protectedMode,
      both(ring3, virtual8086, cr4(1n), flags(1n << 20n), derived),
      0xfb,
    ),
    row(
      'virtual-trap-flag',
      'In virtual-8086 mode with IOPL below 3, the image of FLAGS cannot set TF',
      protectedMode,
      both(ring3, virtual8086, cr4(1n), stacked(0x100), derived),
      0x66,
      0x9d,
    ),
    row(
      'redirection-bitmap',
      'With CR4.VME, INT n looks into the interrupt-redirection bitmap',
      protectedMode,
      both(ring3, virtual8086, cr4(1n), derived),
      0xcd,
      0x21,
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

function flags(bits: bigint): Setup {
  return ({ state }) => {
    state.systemFlags |= bits;
  };
}

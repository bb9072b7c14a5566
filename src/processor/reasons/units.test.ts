import { WideCr0, WideCr4, Xcr0 } from '../../isa/registers/control';
import { longMode, protectedMode } from '../modes.testing';
import { Units } from '../state/layout';
import { both, cr4, derived, nothing, row, testReasons, type Setup } from './reasons.testing';

const ADDPS = [0x0f, 0x58, 0xc1];
const DIVPS = [0x0f, 0x5e, 0xc1];
const VADDPS = [0xc5, 0xf0, 0x58, 0xc2];
/** ADDPS xmm0, [0x9008] */
const ADDPS_MISALIGNED = [0x0f, 0x58, 0x04, 0x25, 0x08, 0x90, 0x00, 0x00];
/** SHA1MSG1, which no bit of CPUID tells of. */
const SHA = [0x0f, 0x38, 0xc9, 0xc1];

const sse = both(cr4(WideCr4.OSFXSR | WideCr4.OSXMMEXCPT), derived);
const cr0 =
  (bits: bigint): Setup =>
  (cpu) => {
    cpu.state.cr0 |= bits;
    cpu.updateDerivedState();
  };
/** 1 divided by 0, which is not masked. */
const unmasked: Setup = ({ state }) => {
  state.setSlot(Units.MXCSR, 0x1d80n);
  state.setSlot(Units.VECTOR, 0x3f800000n);
};

describe('reasons of vector units', () => {
  testReasons([
    row('not-enabled', 'The instruction exists only where CR4.OSFXSR', longMode, nothing, ...ADDPS),
    row('fpu-emulated', 'CR0.EM is 1', protectedMode, both(sse, cr0(WideCr0.EM)), ...ADDPS),
    row('task-switched', 'CR0.TS is 1', longMode, both(sse, cr0(WideCr0.TS)), ...ADDPS),
    row('misaligned-vector', 'The memory operand of', longMode, sse, ...ADDPS_MISALIGNED),
    row('simd-exception', 'MXCSR does not mask', longMode, both(sse, unmasked), ...DIVPS),
    row(
      'avx-not-enabled',
      'The instruction exists only where XCR0 enables SSE and AVX state: XCR0.SSE is 1, XCR0.AVX is 0',
      longMode,
      both(
        cr4(WideCr4.OSXSAVE),
        ({ state }) => {
          state.setSlot(Units.XCR0, Xcr0.X87 | Xcr0.SSE);
        },
        derived,
      ),
      ...VADDPS,
    ),
    row('other-processor', 'This processor does not have SHA1MSG1', longMode, sse, ...SHA),
  ]);
});

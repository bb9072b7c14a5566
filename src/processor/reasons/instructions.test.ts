import { longMode, protectedMode, realMode } from '../modes.testing';
import {
  nothing,
  ring3,
  both,
  row,
  derived,
  cr4,
  msr,
  efer,
  stacked,
  testReasons,
} from './reasons.testing';
import { CS } from '../state/layout';

/** XSAVE [eax] */
const XSAVE_EAX = [0x0f, 0xae, 0x20];

describe('reasons of instructions', () => {
  testReasons([
    row('no-such-instruction', 'The bytes ff ff', protectedMode, nothing, 0xff, 0xff),
    row(
      'ud-instruction',
      'The instruction is defined to raise this exception',
      protectedMode,
      nothing,
      0x0f,
      0x0b,
    ),
    row(
      'ud-privilege',
      'The instruction exists in ring 0 only; CPL is 3',
      protectedMode,
      both(ring3, cr4(1n << 21n)),
      0x0f,
      0x01,
      0xca,
    ),
    row(
      'needs-protected-mode',
      'The instruction does not exist in real-address mode',
      realMode,
      both(({ state }) => {
        state.setSegment(CS, { ...state.segment(CS), base: 0n });
      }, derived),
      0x0f,
      0x00,
      0xd8,
    ),
    row(
      'needs-64-bit-mode',
      'The instruction exists in 64-bit mode only',
      protectedMode,
      efer(1n),
      0x0f,
      0x05,
    ),
    row(
      'not-enabled',
      'The instruction exists only where IA32_EFER.SCE is 1',
      longMode,
      nothing,
      0x0f,
      0x05,
    ),
    row(
      'no-debug-register',
      'CR4.DE is 1: there is no DR4',
      protectedMode,
      cr4(8n),
      0x0f,
      0x21,
      0xe0,
    ),
    row(
      'coprocessor',
      'CR0.MP and CR0.TS are 1',
      protectedMode,
      ({ state }) => {
        state.cr0 |= 0xan;
      },
      0x9b,
    ),
    row(
      'task-switched',
      'CR0.TS is 1',
      protectedMode,
      both(cr4(1n << 18n), ({ state }) => {
        state.cr0 |= 8n;
      }),
      ...XSAVE_EAX,
    ),
    row(
      'fpu-emulated',
      'CR0.EM is 1',
      protectedMode,
      ({ state }) => {
        state.cr0 |= 4n;
      },
      0x0f,
      0xae,
      0x00,
    ),
    row(
      'monitor-extension',
      'ECX asks MONITOR or MWAIT for extensions that this processor lacks: 0x1',
      protectedMode,
      msr(1, 0n),
      0x0f,
      0x01,
      0xc9,
    ),
    row('sysenter-cs', 'IA32_SYSENTER_CS is 0', protectedMode, nothing, 0x0f, 0x34),
    row(
      'iret-nested-task',
      'RFLAGS.NT is 1',
      longMode,
      ({ state }) => {
        state.systemFlags |= 1n << 14n;
      },
      0x48,
      0xcf,
    ),
    row(
      'virtual-8086-target',
      'A return to virtual-8086 mode needs an IP of 16 bits, not 0x10000',
      protectedMode,
      stacked(0x10000, 0, 0x20002, 0, 0, 0, 0, 0, 0),
      0xcf,
    ),
  ]);
});

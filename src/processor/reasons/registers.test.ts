import { Msr } from '../../isa/registers/msr';
import { longMode, protectedMode } from '../modes.testing';
import {
  DATA,
  both,
  row,
  msr,
  rax,
  crRow,
  WRMSR,
  RDMSR,
  cr4,
  efer,
  testReasons,
} from './reasons.testing';

/** INVPCID eax, [0x9000] */
const INVPCID = [0x66, 0x0f, 0x38, 0x82, 0x05, 0x00, 0x90, 0x00, 0x00];

describe('reasons of values of registers', () => {
  testReasons([
    crRow(
      'reserved-bits',
      'Reserved bits of CR4 cannot be set: 0x80000000',
      protectedMode,
      4,
      1n << 31n,
    ),
    crRow(
      'cr0-pg-without-pe',
      'CR0.PG cannot be 1 while CR0.PE is 0',
      protectedMode,
      0,
      0x80000000n,
    ),
    crRow(
      'cr0-nw-without-cd',
      'CR0.NW cannot be 1 while CR0.CD is 0',
      protectedMode,
      0,
      0x20000001n,
    ),
    crRow(
      'long-mode-conditions',
      'With IA32_EFER.LME = 1, setting CR0.PG begins IA-32e mode, and that is not possible:\nCR4.PAE is 0.',
      protectedMode,
      0,
      0x80000011n,
      efer(0x100n),
    ),
    crRow('cr0-pg-cleared', 'CR0.PG cannot be cleared by 64-bit code', longMode, 0, 0x11n),
    crRow('cr4-in-long-mode', 'CR4.PAE cannot be changed', longMode, 4, 0n),
    crRow('cr4-pcide', 'CR4.PCIDE can be set in IA-32e mode only', protectedMode, 4, 1n << 17n),
    crRow(
      'pdpte-reserved',
      'A PDPTE that CR3 leads to is present with reserved bits set: 0x3',
      protectedMode,
      0,
      0x80000011n,
      both(cr4(0x20n), ({ physical, state }) => {
        state.cr3 = BigInt(DATA);
        physical.write64(DATA, 3n);
      }),
    ),
    row(
      'msr-absent',
      'This processor has no MSR 0x12345',
      protectedMode,
      msr(0x12345, 0n),
      ...RDMSR,
    ),
    row('msr-access', 'MSR', protectedMode, msr(Msr.VMX_BASIC, 0n), ...WRMSR),
    row('msr-not-canonical', 'MSR', protectedMode, msr(Msr.LSTAR, 0x800000000000n), ...WRMSR),
    row('msr-value', 'MSR', protectedMode, msr(Msr.PAT, 0xffn), ...WRMSR),
    row(
      'efer-lme-while-paging',
      'IA32_EFER.LME cannot be changed',
      longMode,
      msr(Msr.EFER, 0n),
      ...WRMSR,
    ),
    row(
      'msr-locked',
      'MSR',
      protectedMode,
      both(
        ({ state }) => {
          state.setMsr(Msr.FEATURE_CONTROL, 5n);
        },
        msr(Msr.FEATURE_CONTROL, 0n),
      ),
      ...WRMSR,
    ),
    row(
      'xcr-absent',
      'There is no extended control register 0x7',
      protectedMode,
      both(cr4(1n << 18n), msr(7, 0n)),
      0x0f,
      0x01,
      0xd0,
    ),
    row(
      'xcr0-value',
      'XCR0 does not take this value.\nThis processor lacks the state components 0x4000000000000000.\nBit 0 (x87) must be 1.',
      protectedMode,
      both(cr4(1n << 18n), msr(0, 1n << 62n)),
      0x0f,
      0x01,
      0xd1,
    ),
    row(
      'xsave-header',
      'The header of the XSAVE area is not allowed: XSTATE_BV holds 0x100',
      protectedMode,
      both(cr4(1n << 18n), rax(DATA), ({ physical }) => {
        physical.write64(DATA + 512, 0x100n);
      }),
      0x0f,
      0xae,
      0x28,
    ),
    row('invpcid-type', 'INVPCID has the types 0 to 3, not 0x4', protectedMode, rax(4), ...INVPCID),
    row(
      'invpcid-pcid',
      'While CR4.PCIDE is 0, INVPCID takes PCID 0 only, not 0x5',
      protectedMode,
      both(rax(0), ({ physical }) => {
        physical.write64(DATA, 5n);
      }),
      ...INVPCID,
    ),
    row(
      'pkru-register',
      'ECX must be 0 for the instruction; it is 0x1',
      protectedMode,
      both(cr4(1n << 22n), msr(1, 0n)),
      0x0f,
      0x01,
      0xef,
    ),
    row(
      'x2apic-mode',
      'MSR IA32_X2APIC_APICID (0x802) exists only while',
      protectedMode,
      msr(0x802, 0n),
      ...RDMSR,
    ),
    row(
      'apic-mode',
      'IA32_APIC_BASE: the mode of 0xfee00400 cannot be reached from the mode "xAPIC"',
      protectedMode,
      msr(Msr.APIC_BASE, 0xfee00400n),
      ...WRMSR,
    ),
    row(
      'pmc-absent',
      'This processor has no performance counter 0x7',
      protectedMode,
      msr(7, 0n),
      0x0f,
      0x33,
    ),
    row(
      'dr7-gd',
      'DR7.GD is 1',
      protectedMode,
      ({ state }) => {
        state.dr[7] = 1n << 13n;
      },
      0x0f,
      0x21,
      0xc0,
    ),
  ]);
});

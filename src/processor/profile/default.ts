import { WideCr4 } from '../../isa/registers/control';
import { Msr, MTRR_VARIABLE_RANGES } from '../../isa/registers/msr';
import { MiscEnable, MtrrCap } from '../../isa/registers/msr-fields';
import { Profile } from './profile';
import { LINEAR_ADDRESS_WIDTH, PHYSICAL_ADDRESS_WIDTH } from './widths';

/**
 * The processor that a computer has unless it asks for another: Intel's architecture with VMX, without
 * x87 and vector units, with a local APIC.
 */
export const DEFAULT_PROFILE = new Profile({
  vendor: 'GenuineIntel',
  brand: 'Ringside Simulated x86-64 Processor',
  signature: 0x000306a9,
  physicalAddressWidth: PHYSICAL_ADDRESS_WIDTH,
  linearAddressWidth: LINEAR_ADDRESS_WIDTH,
  features: [
    'VME',
    'DE',
    'PSE',
    'TSC',
    'MSR',
    'PAE',
    'MCE',
    'CX8',
    'APIC',
    'SEP',
    'MTRR',
    'PGE',
    'MCA',
    'CMOV',
    'PAT',
    'CLFSH',
    'FXSR',
    'MONITOR',
    'VMX',
    'CMPXCHG16B',
    'PCID',
    'x2APIC',
    'TSC-Deadline',
    'MOVBE',
    'POPCNT',
    'XSAVE',
    'OSXSAVE',
    'RDRAND',
    'FSGSBASE',
    'BMI1',
    'SMEP',
    'BMI2',
    'INVPCID',
    'RDSEED',
    'ADX',
    'SMAP',
    'CLFLUSHOPT',
    'CLWB',
    'UMIP',
    'PKU',
    'OSPKE',
    'RDPID',
    'CLDEMOTE',
    'SERIALIZE',
    'XSAVEOPT',
    'XSAVEC',
    'XGETBV with ECX = 1',
    'XSAVES',
    'LAHF/SAHF in 64-bit mode',
    'LZCNT',
    'PREFETCHW',
    'SYSCALL/SYSRET',
    'Execute Disable Bit',
    '1-GByte pages',
    'RDTSCP',
    'Intel 64',
    'Invariant TSC',
    'WBNOINVD',
  ],
  baseline: {
    // Kernels set OSXMMEXCPT without asking CPUID.
    cr4: WideCr4.PCE | WideCr4.OSXMMEXCPT,
    msrs: [Msr.APIC_BASE, Msr.BIOS_UPDT_TRIG, Msr.BIOS_SIGN_ID, Msr.MISC_ENABLE, Msr.DEBUGCTL],
    instructions: [
      'INTEL8086',
      'INTEL186',
      'INTEL286',
      'INTEL386',
      'INTEL486',
      'CPUID',
      'MULTIBYTENOP',
      'PAUSE',
      'RDPMC',
    ],
  },
  msrValues: new Map([
    [Msr.MTRRCAP, BigInt(MTRR_VARIABLE_RANGES) | MtrrCap.FIX | MtrrCap.WC],
    [
      Msr.MISC_ENABLE,
      BigInt(
        MiscEnable.FAST_STRINGS |
          MiscEnable.MONITOR_FSM |
          MiscEnable.BTS_UNAVAILABLE |
          MiscEnable.PEBS_UNAVAILABLE,
      ),
    ],
  ]),
});

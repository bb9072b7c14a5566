import type { ManualReference } from './manual';
import { WideCr4, WideEfer, Xcr0 } from './registers/control';
import { Msr, MTRR_MSRS } from './registers/msr';
import { X2APIC_MSRS } from './registers/msr-x2apic';

/** The four registers in which CPUID answers. */
export type CpuidRegister = 'eax' | 'ebx' | 'ecx' | 'edx';

/** Where CPUID tells of a feature. */
export interface CpuidBit {
  readonly leaf: number;
  readonly subleaf: number;
  readonly register: CpuidRegister;
  readonly bit: number;
}

/** A feature of the processor, and what it brings along. */
export interface FeatureRow<Name extends string = string> {
  /** As the manual spells it. */
  readonly name: Name;
  readonly cpuid: CpuidBit;
  readonly section: ManualReference;
  /** Bits of CR4, IA32_EFER and XCR0 that exist with it. */
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly xcr0: bigint;
  /** MSRs that exist with it, by number. */
  readonly msrs: readonly number[];
  /** What iced-x86 (CpuidFeature) calls the instructions that exist with it. */
  readonly instructions: readonly string[];
}

interface Brings {
  readonly cr4?: bigint;
  readonly efer?: bigint;
  readonly xcr0?: bigint;
  readonly msrs?: readonly number[];
  readonly instructions?: string;
  readonly section?: ManualReference;
}

type Place = readonly [leaf: number, register: CpuidRegister, subleaf?: number];

const row = <const Name extends string>(
  [leaf, register, subleaf = 0]: Place,
  bit: number,
  name: Name,
  {
    cr4 = 0n,
    efer = 0n,
    xcr0 = 0n,
    msrs = [],
    instructions,
    section = 'SDM 2A CPUID',
  }: Brings = {},
): FeatureRow<Name> => ({
  name,
  cpuid: { leaf, subleaf, register, bit },
  section,
  cr4,
  efer,
  xcr0,
  msrs,
  instructions: instructions?.split(' ') ?? [],
});

const EDX1: Place = [1, 'edx'];
const ECX1: Place = [1, 'ecx'];
const EBX7: Place = [7, 'ebx'];
const ECX7: Place = [7, 'ecx'];
const EDX7: Place = [7, 'edx'];
const EAX_XSAVE: Place = [0xd, 'eax', 1];
const ECX_EXTENDED: Place = [0x80000001, 'ecx'];
const EDX_EXTENDED: Place = [0x80000001, 'edx'];
const EDX_SVM: Place = [0x8000000a, 'edx'];

const SVM = { section: 'APM 2 15.4' } as const;

/**
 * Features that CPUID tells of (SDM 2A CPUID, tables 3-8, 3-10 and 3-11, and leaf 0DH): those that bring bits of
 * control registers, MSRs or instructions for all rings; and those of SVM (APM 2 15.4).
 */
const ROWS = [
  row(EDX1, 0, 'FPU', { instructions: 'FPU FPU287 FPU387' }),
  row(EDX1, 1, 'VME', { cr4: WideCr4.VME | WideCr4.PVI }),
  row(EDX1, 2, 'DE', { cr4: WideCr4.DE }),
  row(EDX1, 3, 'PSE', { cr4: WideCr4.PSE }),
  row(EDX1, 4, 'TSC', { cr4: WideCr4.TSD, msrs: [Msr.TSC], instructions: 'TSC' }),
  row(EDX1, 5, 'MSR', { instructions: 'MSR' }),
  row(EDX1, 6, 'PAE', { cr4: WideCr4.PAE }),
  row(EDX1, 7, 'MCE', { cr4: WideCr4.MCE }),
  row(EDX1, 8, 'CX8', { instructions: 'CX8' }),
  row(EDX1, 9, 'APIC'),
  row(EDX1, 11, 'SEP', {
    msrs: [Msr.SYSENTER_CS, Msr.SYSENTER_ESP, Msr.SYSENTER_EIP],
    instructions: 'SEP',
  }),
  row(EDX1, 12, 'MTRR', { msrs: MTRR_MSRS }),
  row(EDX1, 13, 'PGE', { cr4: WideCr4.PGE }),
  row(EDX1, 14, 'MCA', { msrs: [Msr.MCG_CAP, Msr.MCG_STATUS] }),
  row(EDX1, 15, 'CMOV', { instructions: 'CMOV' }),
  row(EDX1, 16, 'PAT', { msrs: [Msr.PAT] }),
  row(EDX1, 17, 'PSE-36'),
  row(EDX1, 19, 'CLFSH', { instructions: 'CLFSH' }),
  row(EDX1, 23, 'MMX', { instructions: 'MMX' }),
  row(EDX1, 24, 'FXSR', { cr4: WideCr4.OSFXSR, instructions: 'FXSR' }),
  row(EDX1, 25, 'SSE', { cr4: WideCr4.OSXMMEXCPT, xcr0: Xcr0.SSE, instructions: 'SSE' }),
  row(EDX1, 26, 'SSE2', { instructions: 'SSE2' }),
  row(ECX1, 0, 'SSE3', { instructions: 'SSE3' }),
  row(ECX1, 1, 'PCLMULQDQ', { instructions: 'PCLMULQDQ' }),
  row(ECX1, 3, 'MONITOR', { instructions: 'MONITOR' }),
  row(ECX1, 5, 'VMX', {
    cr4: WideCr4.VMXE,
    msrs: [Msr.FEATURE_CONTROL],
    instructions: 'VMX INVEPT INVVPID',
  }),
  row(ECX1, 6, 'SMX', { cr4: WideCr4.SMXE, instructions: 'SMX' }),
  row(ECX1, 9, 'SSSE3', { instructions: 'SSSE3' }),
  row(ECX1, 12, 'FMA', { instructions: 'FMA' }),
  row(ECX1, 13, 'CMPXCHG16B', { instructions: 'CMPXCHG16B' }),
  row(ECX1, 17, 'PCID', { cr4: WideCr4.PCIDE }),
  row(ECX1, 19, 'SSE4.1', { instructions: 'SSE4_1' }),
  row(ECX1, 20, 'SSE4.2', { instructions: 'SSE4_2' }),
  row(ECX1, 21, 'x2APIC', { msrs: X2APIC_MSRS.map(({ number }) => number) }),
  row(ECX1, 22, 'MOVBE', { instructions: 'MOVBE' }),
  row(ECX1, 23, 'POPCNT', { instructions: 'POPCNT' }),
  row(ECX1, 24, 'TSC-Deadline', { msrs: [Msr.TSC_DEADLINE] }),
  row(ECX1, 25, 'AESNI', { instructions: 'AES' }),
  row(ECX1, 26, 'XSAVE', { cr4: WideCr4.OSXSAVE, xcr0: Xcr0.X87, instructions: 'XSAVE' }),
  row(ECX1, 27, 'OSXSAVE'),
  row(ECX1, 28, 'AVX', { xcr0: Xcr0.AVX, instructions: 'AVX' }),
  row(ECX1, 29, 'F16C', { instructions: 'F16C' }),
  row(ECX1, 30, 'RDRAND', { instructions: 'RDRAND' }),
  row(ECX1, 31, 'Hypervisor present'),
  row(EBX7, 0, 'FSGSBASE', { cr4: WideCr4.FSGSBASE, instructions: 'FSGSBASE' }),
  row(EBX7, 1, 'IA32_TSC_ADJUST', { msrs: [Msr.TSC_ADJUST] }),
  row(EBX7, 3, 'BMI1', { instructions: 'BMI1' }),
  row(EBX7, 5, 'AVX2', { instructions: 'AVX2' }),
  row(EBX7, 7, 'SMEP', { cr4: WideCr4.SMEP }),
  row(EBX7, 8, 'BMI2', { instructions: 'BMI2' }),
  row(EBX7, 10, 'INVPCID', { instructions: 'INVPCID' }),
  row(EBX7, 18, 'RDSEED', { instructions: 'RDSEED' }),
  row(EBX7, 19, 'ADX', { instructions: 'ADX' }),
  row(EBX7, 20, 'SMAP', { cr4: WideCr4.SMAP, instructions: 'SMAP' }),
  row(EBX7, 23, 'CLFLUSHOPT', { instructions: 'CLFLUSHOPT' }),
  row(EBX7, 24, 'CLWB', { instructions: 'CLWB' }),
  row(ECX7, 2, 'UMIP', { cr4: WideCr4.UMIP }),
  row(ECX7, 3, 'PKU', { cr4: WideCr4.PKE, xcr0: Xcr0.PKRU, instructions: 'PKU' }),
  row(ECX7, 4, 'OSPKE'),
  row(ECX7, 9, 'VAES', { instructions: 'VAES' }),
  row(ECX7, 10, 'VPCLMULQDQ', { instructions: 'VPCLMULQDQ' }),
  row(ECX7, 16, 'LA57', { cr4: WideCr4.LA57 }),
  row(ECX7, 22, 'RDPID', { msrs: [Msr.TSC_AUX], instructions: 'RDPID' }),
  row(ECX7, 25, 'CLDEMOTE', { instructions: 'CLDEMOTE' }),
  row(EDX7, 14, 'SERIALIZE', { instructions: 'SERIALIZE' }),
  row(EDX7, 26, 'IBRS and IBPB', { msrs: [Msr.SPEC_CTRL, Msr.PRED_CMD] }),
  row(EDX7, 29, 'IA32_ARCH_CAPABILITIES', { msrs: [Msr.ARCH_CAPABILITIES] }),
  row(EAX_XSAVE, 0, 'XSAVEOPT', { instructions: 'XSAVEOPT' }),
  row(EAX_XSAVE, 1, 'XSAVEC', { instructions: 'XSAVEC' }),
  row(EAX_XSAVE, 2, 'XGETBV with ECX = 1'),
  row(EAX_XSAVE, 3, 'XSAVES', { msrs: [Msr.XSS], instructions: 'XSAVES' }),
  row(ECX_EXTENDED, 0, 'LAHF/SAHF in 64-bit mode'),
  row(ECX_EXTENDED, 2, 'SVM', {
    ...SVM,
    efer: WideEfer.SVME,
    msrs: [Msr.VM_CR, Msr.VM_HSAVE_PA],
    instructions: 'SVM SKINIT_or_SVM',
  }),
  row(ECX_EXTENDED, 5, 'LZCNT', { instructions: 'LZCNT' }),
  row(ECX_EXTENDED, 8, 'PREFETCHW', { instructions: 'PREFETCHW' }),
  row(EDX_EXTENDED, 11, 'SYSCALL/SYSRET', {
    efer: WideEfer.SCE,
    msrs: [Msr.EFER, Msr.STAR, Msr.LSTAR, Msr.CSTAR, Msr.FMASK],
    instructions: 'SYSCALL',
  }),
  row(EDX_EXTENDED, 20, 'Execute Disable Bit', { efer: WideEfer.NXE, msrs: [Msr.EFER] }),
  row(EDX_EXTENDED, 26, '1-GByte pages'),
  row(EDX_EXTENDED, 27, 'RDTSCP', { msrs: [Msr.TSC_AUX], instructions: 'RDTSCP' }),
  row(EDX_EXTENDED, 29, 'Intel 64', {
    efer: WideEfer.LME | WideEfer.LMA,
    msrs: [Msr.EFER, Msr.FS_BASE, Msr.GS_BASE, Msr.KERNEL_GS_BASE],
    instructions: 'X64',
  }),
  row([0x80000007, 'edx'], 8, 'Invariant TSC'),
  row([0x80000008, 'ebx'], 9, 'WBNOINVD', { instructions: 'WBNOINVD' }),
  row(EDX_SVM, 0, 'NP', SVM),
  row(EDX_SVM, 1, 'LbrVirt', SVM),
  row(EDX_SVM, 2, 'SVML', { ...SVM, msrs: [Msr.SVM_KEY] }),
  row(EDX_SVM, 3, 'NRIPS', SVM),
  row(EDX_SVM, 4, 'TscRateMsr', { ...SVM, msrs: [Msr.TSC_RATIO] }),
  row(EDX_SVM, 5, 'VmcbClean', SVM),
  row(EDX_SVM, 6, 'FlushByAsid', SVM),
  row(EDX_SVM, 7, 'DecodeAssists', SVM),
  row(EDX_SVM, 10, 'PauseFilter', SVM),
  row(EDX_SVM, 12, 'PauseFilterThreshold', SVM),
  row(EDX_SVM, 15, 'VMSAVEvirt', SVM),
  row(EDX_SVM, 16, 'VGIF', SVM),
  row(EDX_SVM, 25, 'VNMI', SVM),
] as const;

export type FeatureName = (typeof ROWS)[number]['name'];

/** All rows, leaf by leaf. */
export const FEATURES: readonly FeatureRow<FeatureName>[] = ROWS;

/** SVM, and what leaf 8000000AH tells of it. */
export const SVM_FEATURES: readonly FeatureName[] = ROWS.filter(
  ({ name, cpuid: { leaf } }) => name === 'SVM' || leaf === 0x8000000a,
).map(({ name }) => name);

const BY_NAME = new Map<FeatureName, FeatureRow<FeatureName>>(ROWS.map((row) => [row.name, row]));

/** The row of a feature. */
export function featureByName(name: FeatureName): FeatureRow<FeatureName> {
  const found = BY_NAME.get(name);
  if (!found) throw new RangeError(`no feature ${name}`);
  return found;
}

/** The bit by which CPUID tells of a feature, as a mask of its register. */
export function cpuidMask(name: FeatureName): number {
  return 2 ** featureByName(name).cpuid.bit;
}

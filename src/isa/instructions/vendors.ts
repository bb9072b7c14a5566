/** Whose processors have an instruction. */
export type Vendor = 'Intel' | 'AMD' | 'VIA';

/** Extensions, by iced-x86's names (CpuidFeature), that only one vendor's processors have. */
const ONLY: Readonly<Record<Vendor, readonly string[]>> = {
  Intel: [
    'AESKLE',
    'AMX_BF16',
    'AMX_COMPLEX',
    'AMX_FP16',
    'AMX_INT8',
    'AMX_TILE',
    'AVX512ER',
    'AVX512PF',
    'AVX512_4FMAPS',
    'AVX512_4VNNIW',
    'ENQCMD',
    'HLE_or_RTM',
    'HRESET',
    'INVEPT',
    'INVVPID',
    'KL',
    'OSS',
    'PCONFIG',
    'PTWRITE',
    'RTM',
    'SGX1',
    'SMX',
    'TDX',
    'TSE',
    'TSXLDTRK',
    'UINTR',
    'VMX',
    'WAITPKG',
    'WIDE_KL',
  ],
  AMD: [
    'CLZERO',
    'D3NOW',
    'D3NOWEXT',
    'FMA4',
    'INVLPGB',
    'LWP',
    'MCOMMIT',
    'MONITORX',
    'RDPRU',
    'RMPQUERY',
    'SEV_ES',
    'SEV_SNP',
    'SKINIT_or_SVM',
    'SSE4A',
    'SVM',
    'TBM',
    'XOP',
  ],
  VIA: ['PADLOCK_ACE', 'PADLOCK_GMI', 'PADLOCK_PHE', 'PADLOCK_PMM', 'PADLOCK_RNG', 'PADLOCK_UNDOC'],
};

const BY_FEATURE = new Map(
  (['Intel', 'AMD', 'VIA'] as const).flatMap((vendor) =>
    ONLY[vendor].map((feature) => [feature, vendor] as const),
  ),
);

/** The one vendor whose processors have an extension; undefined when several have it. */
export function vendorOf(feature: string): Vendor | undefined {
  return BY_FEATURE.get(feature);
}

/** Every extension that only one vendor’s processors have. */
export function vendorFeatures(): string[] {
  return [...BY_FEATURE.keys()];
}

/** Whose processors have an instruction. */
export type Vendor = 'Intel' | 'AMD';

/** Extensions, by iced-x86's names (CpuidFeature), that only one vendor's processors have. */
const ONLY: Readonly<Record<Vendor, readonly string[]>> = {
  Intel: [
    'ENQCMD',
    'HRESET',
    'INVEPT',
    'INVVPID',
    'KL',
    'OSS',
    'PCONFIG',
    'SGX1',
    'SMX',
    'TDX',
    'TSE',
    'UINTR',
    'VMX',
  ],
  AMD: [
    'CLZERO',
    'INVLPGB',
    'MCOMMIT',
    'MONITORX',
    'RDPRU',
    'RMPQUERY',
    'SEV_ES',
    'SEV_SNP',
    'SKINIT_or_SVM',
    'SVM',
  ],
};

const BY_FEATURE = new Map(
  (['Intel', 'AMD'] as const).flatMap((vendor) =>
    ONLY[vendor].map((feature) => [feature, vendor] as const),
  ),
);

/** The one vendor whose processors have an extension; undefined when several have it. */
export function vendorOf(feature: string): Vendor | undefined {
  return BY_FEATURE.get(feature);
}

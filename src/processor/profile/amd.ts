import { SVM_FEATURES, type FeatureName } from '../../isa/cpuid';
import { WideCr4 } from '../../isa/registers/control';
import { Msr, MTRR_VARIABLE_RANGES } from '../../isa/registers/msr';
import { MtrrCap } from '../../isa/registers/msr-fields';
import { DEFAULT_PROFILE } from './default';
import { Profile } from './profile';
import { LINEAR_ADDRESS_WIDTH, PHYSICAL_ADDRESS_WIDTH } from './widths';

/** The revision of the microcode that it tells of, as one of this model has it. */
const PATCH_LEVEL = 0x0a20_1025n;

/** What the default processor has, and AMD's have not. */
const INTELS_OWN: ReadonlySet<FeatureName> = new Set([
  'VMX',
  'TSC-Deadline',
  'CLDEMOTE',
  'SERIALIZE',
]);

/** A processor of AMD's, family 19h: what the default one has, with SVM in the place of VMX. */
export const AMD_PROFILE = new Profile({
  vendor: 'AuthenticAMD',
  brand: 'Ringside Simulated AMD64 Processor',
  signature: 0x00a20f12,
  physicalAddressWidth: PHYSICAL_ADDRESS_WIDTH,
  linearAddressWidth: LINEAR_ADDRESS_WIDTH,
  features: [
    ...DEFAULT_PROFILE.description.features.filter((name) => !INTELS_OWN.has(name)),
    ...SVM_FEATURES,
  ],
  baseline: {
    cr4: WideCr4.PCE,
    msrs: [
      Msr.APIC_BASE,
      Msr.BIOS_SIGN_ID,
      Msr.DEBUGCTL,
      Msr.LAST_BRANCH_FROM_IP,
      Msr.LAST_BRANCH_TO_IP,
      Msr.LAST_INT_FROM_IP,
      Msr.LAST_INT_TO_IP,
      Msr.SYSCFG,
      Msr.HWCR,
      Msr.TOP_MEM,
      Msr.TOM2,
      Msr.NB_CFG,
      Msr.PATCH_LOADER,
      Msr.INT_PENDING,
      Msr.DE_CFG,
    ],
    instructions: DEFAULT_PROFILE.description.baseline.instructions,
  },
  msrValues: new Map([
    [Msr.MTRRCAP, BigInt(MTRR_VARIABLE_RANGES) | MtrrCap.FIX | MtrrCap.WC],
    [Msr.BIOS_SIGN_ID, PATCH_LEVEL],
  ]),
});

/** The processors that a computer may have, by the names under which they are asked for. */
export const PROFILES = { intel: DEFAULT_PROFILE, amd: AMD_PROFILE } as const;
export type ProfileName = keyof typeof PROFILES;

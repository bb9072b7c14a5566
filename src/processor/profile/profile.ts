import { featureByName, type FeatureName } from '../../isa/cpuid';
import { msrReset } from '../../isa/registers/msr';
import type { SvmCapabilities } from '../svm/entry-checks';
import { vmxCapabilities, type VmxCapabilities } from '../vmx/capabilities';

/** A monitor, as it tells its guests. */
export interface HypervisorDescription {
  /** Twelve characters. */
  readonly signature: string;
  /** EAX of leaf 40000001H, which is the monitor's own. */
  readonly features: number;
}

/** What makes one model of processor. */
export interface ProfileDescription {
  /** The twelve characters of CPUID leaf 0, and up to 48 of leaves 80000002H to 80000004H. */
  readonly vendor: string;
  readonly brand: string;
  /** Family, model and stepping, as CPUID.01H:EAX and, after RESET, EDX have them. */
  readonly signature: number;
  /** In bits. */
  readonly physicalAddressWidth: number;
  readonly linearAddressWidth: number;
  /** What CPUID claims. */
  readonly features: readonly FeatureName[];
  /** What the processor has although no bit of CPUID tells of it. */
  readonly baseline: {
    readonly cr4: bigint;
    readonly msrs: readonly number[];
    /** As iced-x86 (CpuidFeature) calls them. */
    readonly instructions: readonly string[];
  };
  /** MSRs whose value after RESET differs from model to model. */
  readonly msrValues: ReadonlyMap<number, bigint>;
  /** What CPUID tells of the monitor whose virtual processor this is: leaves 40000000H and 40000001H. */
  readonly hypervisor?: HypervisorDescription;
}

/**
 * A model of processor: which features it has, and what follows from them. CPUID, the bits that CR4
 * and IA32_EFER may have, the MSRs that exist, and the capabilities of VMX and SVM are all read here.
 */
export class Profile {
  readonly features: ReadonlySet<FeatureName>;
  /** Bits that CR4, IA32_EFER and XCR0 may have. */
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly xcr0: bigint;
  /** Numbers of the MSRs that exist; RDMSR and WRMSR of others raise #GP(0). */
  readonly msrs: ReadonlySet<number>;
  /** What iced-x86 (CpuidFeature) calls the instructions that the processor has. */
  readonly instructions: ReadonlySet<string>;
  readonly vmx: VmxCapabilities;
  readonly svm: SvmCapabilities;

  constructor(readonly description: ProfileDescription) {
    const { features, baseline } = description;
    const rows = features.map(featureByName);
    this.features = new Set(features);
    this.cr4 = rows.reduce((all, { cr4 }) => all | cr4, baseline.cr4);
    this.efer = rows.reduce((all, { efer }) => all | efer, 0n);
    this.xcr0 = rows.reduce((all, { xcr0 }) => all | xcr0, 0n);
    this.instructions = new Set([
      ...baseline.instructions,
      ...rows.flatMap(({ instructions }) => instructions),
    ]);
    this.vmx = vmxCapabilities(this);
    const { physicalAddressWidth } = description;
    this.svm = { physicalAddressWidth, cr4: this.cr4, efer: this.efer };
    this.msrs = new Set([
      ...baseline.msrs,
      ...rows.flatMap(({ msrs }) => msrs),
      ...(this.has('VMX') ? this.vmx.msrs.keys() : []),
    ]);
  }

  has(feature: FeatureName): boolean {
    return this.features.has(feature);
  }

  /** Where the two makers of processors differ, it is one of AMD's. */
  get isAmd(): boolean {
    return this.description.vendor === 'AuthenticAMD';
  }

  get physicalAddressWidth(): number {
    return this.description.physicalAddressWidth;
  }

  get linearAddressWidth(): number {
    return this.description.linearAddressWidth;
  }

  /** What an MSR holds after RESET; for a read-only one, always. */
  msrReset(number: number): bigint {
    return this.vmx.msrs.get(number) ?? this.description.msrValues.get(number) ?? msrReset(number);
  }
}

import type { VmxCapabilities } from '../../../processor/vmx/capabilities';
import type { FieldAccess } from '../../../processor/vmx/field-access';

/**
 * Three levels: the monitor (L0), its guest that is a hypervisor (L1), and the guest of that (L2). A number behind a
 * structure says who made it and for whom: VMCS01 is the monitor's for L1, VMCS12 is L1's for L2, and VMCS02 is what the
 * processor runs L2 by.
 */
export interface NestedVtx {
  /** What L1 believes that the processor has. */
  readonly capabilities: VmxCapabilities;
  /** Which fields its VMCSs have. */
  readonly fields: FieldAccess;
  /** Host-physical addresses of the monitor's two. */
  readonly vmcs01: number;
  readonly vmcs02: number;
  /** The EPT of L1's memory, and that of L2's. */
  readonly ept01: bigint;
  readonly ept02: bigint;
  /** MSR bitmaps of VMCS02; undefined where the monitor has every access exit. */
  readonly msrBitmap02: number | undefined;
  /** The tag of L2's translations, where there are any; whatever VPID L1 uses. */
  readonly vpid02: number | undefined;
}

/** In the vCPU's area where there is none: not in VMX operation, no VMCS is current, no EPT has been composed. */
export const NONE = (1n << 64n) - 1n;

/** Whether a region of VMX's can lie there: it is a page of the physical address space (SDM 3C 25.11.5). */
export const isRegion = ({ capabilities }: NestedVtx, pointer: bigint): boolean =>
  (pointer & 0xfffn) === 0n && pointer >> BigInt(capabilities.physicalAddressWidth) === 0n;

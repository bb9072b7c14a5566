import { Cr4 } from '../../isa/registers/control';
import { LINEAR_ADDRESS_WIDTH, PHYSICAL_ADDRESS_WIDTH } from '../profile/widths';
import { vmxCapabilities } from '../vmx/capabilities';

/** The features of CR4 that this processor has. */
export const CR4_SUPPORTED = BigInt(
  Cr4.VME | Cr4.PVI | Cr4.TSD | Cr4.DE | Cr4.PSE | Cr4.PAE | Cr4.MCE | Cr4.PGE | Cr4.PCE |
    Cr4.OSFXSR | Cr4.OSXMMEXCPT | Cr4.UMIP | Cr4.VMXE | Cr4.FSGSBASE | Cr4.PCIDE |
    Cr4.SMEP | Cr4.SMAP,
); // prettier-ignore

/** What VMX can do on this processor. */
export const VMX_CAPABILITIES = vmxCapabilities({
  physicalAddressWidth: PHYSICAL_ADDRESS_WIDTH,
  linearAddressWidth: LINEAR_ADDRESS_WIDTH,
  cr4Supported: Number(CR4_SUPPORTED),
});

import { EptVpidCap, VmxMisc } from '../../../isa/vmx/capabilities';
import { PinBasedControl, PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import type { Profile } from '../../../processor/profile/profile';
import { vmxCapabilities, type VmxCapabilities } from '../../../processor/vmx/capabilities';
import {
  EPT_VPID_CAP,
  IMPLEMENTED,
  MISC,
  type OfferedVmx,
} from '../../../processor/vmx/implemented';
import { guestProfile } from '../../guest-profile';

/**
 * What of the processor's VMX a guest is told that it has. The monitor passes on what it can give: there is no virtual
 * APIC, no posted interrupt, no page-modification log, no virtualization exception, no VM function, no shadow VMCS.
 */
const OFFERED: OfferedVmx = {
  pinBased: IMPLEMENTED.pinBased & ~PinBasedControl.PROCESS_POSTED_INTERRUPTS,
  primary: IMPLEMENTED.primary & ~PrimaryControl.USE_TPR_SHADOW,
  secondary:
    SecondaryControl.ENABLE_EPT |
    SecondaryControl.DESCRIPTOR_TABLE_EXITING |
    SecondaryControl.ENABLE_RDTSCP |
    SecondaryControl.ENABLE_VPID |
    SecondaryControl.WBINVD_EXITING |
    SecondaryControl.UNRESTRICTED_GUEST |
    SecondaryControl.PAUSE_LOOP_EXITING |
    SecondaryControl.RDRAND_EXITING |
    SecondaryControl.RDSEED_EXITING |
    SecondaryControl.ENABLE_INVPCID |
    SecondaryControl.ENABLE_XSAVES,
  exit: IMPLEMENTED.exit,
  entry: IMPLEMENTED.entry,
  vmFunctions: 0,
  misc: MISC & ~VmxMisc.ACTIVITY_SIPI,
  // Accessed and dirty flags would be those of the shadow EPT.
  eptVpid: EPT_VPID_CAP & ~EptVpidCap.AD,
};

/** The capabilities that the VMX MSRs tell the guest of. @param profile of the processor */
export function virtualCapabilities(profile: Profile): VmxCapabilities {
  const seen = guestProfile(profile);
  return vmxCapabilities(
    {
      physicalAddressWidth: profile.physicalAddressWidth,
      linearAddressWidth: profile.linearAddressWidth,
      cr4: profile.cr4,
      efer: profile.efer,
      has: (feature) => seen.has(feature),
    },
    OFFERED,
  );
}

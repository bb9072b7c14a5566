import { Vector } from '../../isa/exceptions';
import { Field } from '../../isa/vmx/fields';
import { Fault } from '../faults';
import type { GuestModeHost } from '../guest-mode/host';
import { virtualizationException } from '../reasons/vmx';
import type { ExitInformation } from './vm-exit';
import type { Vmcs } from './vmcs';

/** The virtualization-exception information area (SDM 3C 26.5.7.2). */
const Area = {
  REASON: 0,
  /** All ones while the guest has not taken what stands here. */
  BUSY: 4,
  QUALIFICATION: 8,
  GUEST_LINEAR: 16,
  GUEST_PHYSICAL: 24,
  EPTP_INDEX: 32,
} as const;

/**
 * Makes of an EPT violation that is convertible a virtualization exception, where that is possible: in
 * protected mode, outside the delivery of events, and while the area is free (SDM 3C 26.5.7.1). Comes back
 * when it is not.
 *
 * @throws Fault #VE
 */
export function raiseVirtualizationException(
  cpu: GuestModeHost,
  vmcs: Vmcs,
  violation: ExitInformation,
): void {
  const { state, physical } = cpu;
  const area = Number(vmcs.read(Field.VIRT_EXCEPTION_INFO_ADDR));
  if (!state.protectedMode || cpu.eventInDelivery) return;
  if (physical.read32(area + Area.BUSY) !== 0) return;
  const { guestPhysical = 0n, guestLinear = 0n, qualification = 0n, reason } = violation;
  const fault = new Fault(Vector.VE, virtualizationException(guestPhysical));
  fault.onRaise = () => {
    physical.write32(area + Area.REASON, reason);
    physical.write32(area + Area.BUSY, 0xffffffff);
    physical.write64(area + Area.QUALIFICATION, qualification);
    physical.write64(area + Area.GUEST_LINEAR, guestLinear);
    physical.write64(area + Area.GUEST_PHYSICAL, guestPhysical);
    physical.write16(area + Area.EPTP_INDEX, vmcs.readNumber(Field.EPTP_INDEX));
  };
  throw fault;
}

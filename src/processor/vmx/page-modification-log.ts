import { Field } from '../../isa/vmx/fields';
import type { PhysicalMemory } from '../physical-memory';
import type { Vmcs } from './vmcs';

/** The log is a page of 512 guest-physical addresses, filled from its end (SDM 3C 29.3.6). */
const LAST_ENTRY = 511;
const NO_MORE = 0xffff;

/**
 * Logs that a page is about to become dirty.
 *
 * @returns false when the log is full: a VM exit instead of the access
 */
export function logModification(
  memory: PhysicalMemory,
  vmcs: Vmcs,
  guestPhysical: bigint,
): boolean {
  const index = vmcs.readNumber(Field.GUEST_PML_INDEX);
  if (index > LAST_ENTRY) return false;
  const at = Number(vmcs.read(Field.PML_ADDRESS)) + 8 * index;
  memory.write64(at, guestPhysical & ~0xfffn);
  vmcs.write(Field.GUEST_PML_INDEX, (index - 1) & NO_MORE);
  return true;
}

import { NotImplemented } from '../../processor/faults';
import type { PhysicalBus } from './guest-bus';

/**
 * The physical address space of a guest's guest, whose pages lie in the guest's.
 *
 * @param inGuest where an address is in the guest's address space; undefined where the guest's tables do not lead on
 */
export function translatedBus(
  bus: PhysicalBus,
  inGuest: (address: bigint) => bigint | undefined,
): PhysicalBus {
  const translated = (address: number): number => {
    const there = inGuest(BigInt(address));
    // Out of the middle of an instruction in software the guest cannot be told of the EPT violation.
    if (there === undefined) throw new NotImplemented('an EPT violation of L1 in software');
    return Number(there);
  };
  return {
    read: (address, bytes) => bus.read(translated(address), bytes),
    write: (address, bytes, value) => {
      bus.write(translated(address), bytes, value);
    },
  };
}

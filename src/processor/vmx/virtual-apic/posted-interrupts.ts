import { Apic } from '../../../isa/apic';
import type { PhysicalMemory } from '../../physical-memory';
import type { VirtualApicPage } from './virtual-apic-page';

/** The posted-interrupt descriptor: 64 bytes (SDM 3C table 30-1). */
const Descriptor = {
  /** PIR: 256 bits, one for each vector that has been posted. */
  REQUESTS: 0,
  /** Bit 0 is ON: a notification is under way. */
  CONTROL: 32,
  OUTSTANDING: 1,
} as const;

/**
 * Brings what was posted into VIRR (SDM 3C 30.6, steps 3, 5 and 6). The descriptor is then empty.
 *
 * @param descriptor its host-physical address
 * @returns the highest vector; 0 when nothing was posted
 */
export function postInterrupts(
  memory: PhysicalMemory,
  descriptor: number,
  page: VirtualApicPage,
): number {
  const control = descriptor + Descriptor.CONTROL;
  memory.write32(control, memory.read32(control) & ~Descriptor.OUTSTANDING);
  let highest = 0;
  for (let word = 0; word < 8; word++) {
    const at = descriptor + Descriptor.REQUESTS + 4 * word;
    const posted = memory.read32(at);
    if (posted === 0) continue;
    memory.write32(at, 0);
    const register = Apic.IRR + 16 * word;
    page.write(register, page.read(register) | posted);
    highest = 32 * word + 31 - Math.clz32(posted);
  }
  return highest;
}

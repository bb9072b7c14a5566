import { Pte } from '../../isa/paging';
import type { PhysicalMemory } from '../../processor/physical-memory';
import type { FrameAllocator } from './frames';

/** Where the monitor sees all of physical memory, as many kernels do: a direct map in the upper half. */
export const DIRECT_MAP = 0xffff800000000000n;
/** Its entry in a table of the fourth level. */
export const DIRECT_MAP_INDEX = 256;

const PRESENT_WRITABLE = Pte.P | Pte.RW;

/**
 * Builds the monitor's own page tables: physical memory at DIRECT_MAP in 2-MByte pages.
 *
 * @returns the value for CR3
 */
export function buildAddressSpace(memory: PhysicalMemory, frames: FrameAllocator): bigint {
  const pml4 = frames.allocate();
  const pdpt = frames.allocate();
  memory.write64(pml4 + DIRECT_MAP_INDEX * 8, BigInt(pdpt) | PRESENT_WRITABLE);
  const gigabytes = Math.ceil(memory.size / 2 ** 30);
  for (let g = 0; g < gigabytes; g++) {
    const directory = frames.allocate();
    memory.write64(pdpt + g * 8, BigInt(directory) | PRESENT_WRITABLE);
    for (let n = 0; n < 512; n++) {
      const address = BigInt(g) * 2n ** 30n + BigInt(n) * 2n ** 21n;
      memory.write64(directory + n * 8, address | PRESENT_WRITABLE | Pte.PS);
    }
  }
  return BigInt(pml4);
}

/** The linear address at which the monitor sees a host-physical one. */
export const directMap = (physical: number): bigint => DIRECT_MAP + BigInt(physical);

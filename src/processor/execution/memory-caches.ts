import { SoftwareTlb } from '../paging/tlb';
import type { PhysicalMemory } from '../physical-memory';
import { CodeCache } from './code-cache';
import { InstructionDetails } from './instruction-details';

/**
 * What lies beside a memory in WebAssembly, once for all processors that work on it: the instructions decoded from it,
 * and the TLB, in which root operation and guest mode have their own sets.
 */
export class MemoryCaches {
  readonly tlb: SoftwareTlb;
  readonly code: CodeCache;
  readonly details = new InstructionDetails();

  constructor(memory: PhysicalMemory) {
    this.tlb = new SoftwareTlb(memory.view);
    this.code = new CodeCache(memory, () => {
      this.tlb.forgetMaps(0);
      this.tlb.forgetMaps(1);
      this.tlb.unmarkCode();
      this.details.clear();
    });
    memory.onWrite((address, length) => {
      this.code.invalidate(address, length);
    });
  }
}

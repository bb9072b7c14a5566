import type { EngineImports } from './engine';
import { segmentFault } from './segment-fault';
import type { CpuState } from '../state/cpu-state';
import { Wide } from '../state/layout';
import type { Mmu } from '../paging/mmu';

/**
 * The accesses to memory that an engine cannot answer from the software TLB and the limits of segments.
 *
 * @param memory where the engine works
 * @param syncRip brings RIP up to date first, for what the access may raise
 */
export function memoryImports(
  state: CpuState,
  mmu: Mmu,
  memory: WebAssembly.Memory,
  syncRip: () => void,
): Omit<EngineImports, 'enter' | 'branch' | 'raise' | 'slow' | 'special'> {
  const wide = new Uint8Array(memory.buffer, Wide.BASE, Wide.END - Wide.BASE);
  return {
    slowLoad: (linear, bytes, segment) => {
      syncRip();
      return mmu.load(BigInt.asUintN(64, linear), bytes, segment);
    },
    slowLoadForUpdate: (linear, bytes, segment) => {
      syncRip();
      return mmu.loadForUpdate(BigInt.asUintN(64, linear), bytes, segment);
    },
    slowStore: (linear, bytes, segment, value) => {
      syncRip();
      mmu.store(BigInt.asUintN(64, linear), bytes, segment, BigInt.asUintN(64, value));
    },
    slowLoadWide: (linear, bytes, segment) => {
      syncRip();
      wide.set(mmu.loadBytes(BigInt.asUintN(64, linear), bytes, segment));
    },
    slowStoreWide: (linear, bytes, segment) => {
      syncRip();
      mmu.storeBytes(BigInt.asUintN(64, linear), wide.subarray(0, bytes), segment);
    },
    segmentFault: (slot, offset, bytes, write) => {
      syncRip();
      throw segmentFault(state, slot, BigInt.asUintN(64, offset), bytes, write !== 0);
    },
  };
}

import type { EntryMemory } from './entry-checks';
import type { VmcsMemory } from './vmcs';

/** Plain memory for tests. Addresses outside it throw. */
export function flatMemory(size: number): VmcsMemory & EntryMemory {
  const view = new DataView(new ArrayBuffer(size));
  return {
    pageWords: (address) => new Int32Array(view.buffer, address, 1024),
    written: () => undefined,
    read32: (address) => view.getUint32(address, true),
    read64: (address) => view.getBigUint64(address, true),
  };
}

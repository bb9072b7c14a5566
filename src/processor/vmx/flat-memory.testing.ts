import type { VmcsMemory } from './vmcs';

/** Plain memory for tests. Addresses outside it throw. */
export function flatMemory(size: number): VmcsMemory {
  const view = new DataView(new ArrayBuffer(size));
  return {
    read16: (address) => view.getUint16(address, true),
    read32: (address) => view.getUint32(address, true),
    read64: (address) => view.getBigUint64(address, true),
    write16: (address, value) => {
      view.setUint16(address, value, true);
    },
    write32: (address, value) => {
      view.setUint32(address, value, true);
    },
    write64: (address, value) => {
      view.setBigUint64(address, value, true);
    },
  };
}

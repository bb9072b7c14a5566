import { PAGE_SIZE } from '../../processor/state/layout';

/**
 * Memory as a device reaches it that moves data by itself: ROM cannot be written, other devices answer
 * at their addresses, nobody answers beyond. Addresses are physical ones of whoever sees the device.
 */
export interface BusMaster {
  read(address: number, length: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
}

/** Who answers at an address. All of its page is the same. */
export interface Slave {
  read(address: number, length: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
}

/** Where nobody answers. */
export const NOBODY: Slave = {
  read: (_address, length) => new Uint8Array(length).fill(0xff),
  write: () => undefined,
};

/** Slaves that take at most eight bytes at a time: the registers of a device. */
export interface Registers {
  read?(address: number, bytes: number): bigint;
  write(address: number, bytes: number, value: bigint): void;
}

/** A bus master over whoever answers; what crosses a page's end goes to several. */
export function busMaster(slaveAt: (address: number) => Slave): BusMaster {
  return {
    read: (address, length) => {
      const out = new Uint8Array(length);
      for (const { at, offset, size } of pieces(address, length)) {
        out.set(slaveAt(at).read(at, size), offset);
      }
      return out;
    },
    write: (address, bytes) => {
      for (const { at, offset, size } of pieces(address, bytes.length)) {
        slaveAt(at).write(at, bytes.subarray(offset, offset + size));
      }
    },
  };
}

/** A device in memory, byte by byte. */
export const registerSlave = (registers: Registers, ram: Slave): Slave => ({
  read: (address, length) =>
    registers.read
      ? Uint8Array.from({ length }, (_, n) => Number(registers.read?.(address + n, 1) ?? 0xffn))
      : ram.read(address, length),
  write: (address, bytes) => {
    bytes.forEach((byte, n) => {
      registers.write(address + n, 1, BigInt(byte));
    });
  },
});

/** Splits a run of bytes at page boundaries. */
function* pieces(
  address: number,
  length: number,
): Iterable<{ readonly at: number; readonly offset: number; readonly size: number }> {
  for (let offset = 0; offset < length;) {
    const at = address + offset;
    const size = Math.min(length - offset, PAGE_SIZE - (at % PAGE_SIZE));
    yield { at, offset, size };
    offset += size;
  }
}

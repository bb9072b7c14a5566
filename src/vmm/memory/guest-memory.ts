import { PAGE_SIZE } from '../../processor/state/layout';
import type { Persistent } from '../../processor/persistent';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { walkEpt } from '../../processor/vmx/ept';
import type { FrameAllocator } from '../host/frames';
import type { EptBuilder } from './ept-builder';

/** When the guest's memory gets its host frames. */
export type Allocation = 'eager' | 'on-demand';

const ANY_ACCESS = { read: false, write: false, execute: false };

/** The guest's RAM: guest-physical pages over host frames, as the EPT says. */
export class GuestMemory implements Persistent<number> {
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly ept: EptBuilder,
    private readonly frames: FrameAllocator,
    /** Bytes of RAM from guest-physical address 0. */
    readonly size: number,
  ) {}

  /** Which frames are taken; the mappings themselves lie in host memory. */
  save(): number {
    return this.frames.save();
  }

  restore(taken: number): void {
    this.frames.restore(taken);
  }

  contains(address: bigint): boolean {
    return address >= 0n && address < BigInt(this.size);
  }

  /** Gives every page its frame. */
  allocateAll(): void {
    for (let page = 0; page < this.size; page += PAGE_SIZE) this.allocate(BigInt(page));
  }

  /** Gives the page at `address` a frame; the frame's host-physical address. */
  allocate(address: bigint): number {
    const frame = this.frames.allocate();
    this.ept.map(address & ~0xfffn, frame);
    return frame;
  }

  /** Where a guest-physical address lies in host memory, by the EPT; undefined when it is not mapped. */
  hostAddress(address: bigint): number | undefined {
    const result = walkEpt(this.memory, this.ept.pointer, address, ANY_ACCESS, false);
    return result.kind === 'translation' ? result.address : undefined;
  }

  read(address: bigint, bytes: number): bigint {
    const data = this.readBytes(address, bytes);
    return data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }

  write(address: bigint, bytes: number, value: bigint): void {
    const data = Uint8Array.from({ length: bytes }, (_, n) =>
      Number((value >> BigInt(8 * n)) & 0xffn),
    );
    this.writeBytes(address, data);
  }

  /** Bytes at a guest-physical address; 0xff where nothing is mapped. */
  readBytes(address: bigint, length: number): Uint8Array {
    const out = new Uint8Array(length).fill(0xff);
    this.pieces(address, length, (host, offset, size) => {
      if (host !== undefined) out.set(this.memory.readBytes(host, size), offset);
    });
    return out;
  }

  /** Writes bytes; RAM that has no frame yet gets one, and what lies beyond RAM is dropped. */
  writeBytes(address: bigint, data: Uint8Array): void {
    this.pieces(address, data.length, (found, offset, size) => {
      const at = address + BigInt(offset);
      let host = found;
      if (host === undefined && this.contains(at)) host = this.allocate(at) + Number(at & 0xfffn);
      if (host !== undefined) this.memory.writeBytes(host, data.subarray(offset, offset + size));
    });
  }

  /** Splits a run of bytes at page boundaries. */
  private pieces(
    address: bigint,
    length: number,
    visit: (host: number | undefined, offset: number, size: number) => void,
  ): void {
    for (let offset = 0; offset < length;) {
      const at = address + BigInt(offset);
      const size = Math.min(length - offset, PAGE_SIZE - Number(at & 0xfffn));
      visit(this.hostAddress(at), offset, size);
      offset += size;
    }
  }
}

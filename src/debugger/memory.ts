import {
  pagingMode,
  walk,
  type Access,
  type EntryMemory,
  type PagingMode,
  type PagingState,
  type WalkResult,
  type WalkStep,
} from '../processor/paging/walk';
import type { PhysicalMemory } from '../processor/physical-memory';
import { PAGE_SIZE } from '../processor/state/layout';
import type { DirectTables, SecondLevel } from './techniques/second-level';

/** Guest-virtual, guest-physical and host-physical addresses. */
export type AddressSpace = 'gva' | 'gpa' | 'hpa';

/** Bytes that could be read from the start, and how many after them could not. */
export interface MemoryBlock {
  readonly data: Uint8Array;
  readonly unreadable: number;
}

const PROBE: Access = { write: false, execute: false, user: false, unchecked: true };
const NOWHERE = 0xffffffff000;
/** Beyond all host-physical addresses: guest-physical ones of RAM that has no frame at present, as it is swapped out. */
const AWAY = 2 ** 47;

/** Whether what a walk takes for a host-physical address is none, as the bytes are swapped out. */
export const isAway = (address: number): boolean => address >= AWAY;

/** RAM of a guest whose host may have taken its frames away. */
export interface SwappableMemory {
  /** Bytes at a guest-physical address that has no frame, within a page; undefined where nothing was there. */
  unmapped(address: bigint, size: number): Uint8Array | undefined;
  /** Writes to a guest-physical address; RAM without a frame gets one. */
  writeBytes(address: bigint, data: Uint8Array): void;
}

/**
 * Memory as a debugger sees it: in each address space, from either side of a VM exit, without leaving
 * a trace in page tables or TLB.
 */
export class DebugMemory {
  constructor(
    private readonly physical: PhysicalMemory,
    /** The paging of the world whose virtual addresses are meant. */
    private readonly paging: () => PagingState,
    /** How guest-physical addresses are translated; undefined where they are host-physical ones. */
    private readonly second: () => SecondLevel | undefined,
    /** Where memory sees a host-physical address: A20 may hold line 20 at 0. */
    private readonly onBus: (address: number) => number = (address) => address,
    /** What the processor walks instead, where a monitor translates by shadow tables. */
    private readonly shadow: () => PagingState | undefined = () => undefined,
    /** Where the tables hold host-physical addresses: which guest-physical ones they stand for. */
    private readonly direct: () => DirectTables | undefined = () => undefined,
    private readonly swappable?: SwappableMemory,
  ) {}

  /** The host-physical address of an address; undefined where there is none. */
  hostAddress(space: AddressSpace, address: bigint): number | undefined {
    if (space === 'hpa') return Number(address);
    if (space === 'gpa') return this.fromGuestPhysical(address);
    const found = this.walkGuest(address, PROBE).translation?.address;
    return found === undefined ? undefined : this.fromTable(found);
  }

  /** The guest-physical address of a guest-virtual one. */
  guestPhysical(linear: bigint): bigint | undefined {
    const found = this.walkGuest(linear, PROBE).translation?.address;
    const direct = this.direct();
    return direct && found !== undefined ? direct.guestPhysical(found) : found;
  }

  /** The shape of the page tables. */
  get pagingMode(): PagingMode {
    return pagingMode(this.paging());
  }

  /** Walks the page tables for an access; `visit` sees each entry. */
  walkGuest(linear: bigint, access: Access, visit?: (step: WalkStep) => void): WalkResult {
    const entries = this.entriesAt(
      (address) => this.fromTable(address) ?? this.away(address) ?? NOWHERE,
    );
    return walk(this.paging(), entries, linear, access, false, visit);
  }

  /** Walks the shadow tables; undefined where the processor walks the guest's own. */
  walkShadow(
    linear: bigint,
    access: Access,
    visit?: (step: WalkStep) => void,
  ): WalkResult | undefined {
    const paging = this.shadow();
    return paging && walk(paging, this.entriesAt(Number), linear, access, false, visit);
  }

  /** Entries as a walk reads them that leaves no trace. */
  private entriesAt(entryAddress: (address: bigint) => number): EntryMemory {
    const { physical } = this;
    return {
      entryAddress,
      read32: (address) => (isAway(address) ? this.fromSwap32(address) : physical.read32(address)),
      read64: (address) => (isAway(address) ? this.fromSwap64(address) : physical.read64(address)),
      write32: () => undefined,
      write64: () => undefined,
    };
  }

  private away(guestPhysical: bigint): number | undefined {
    const bytes = this.swappable?.unmapped(guestPhysical, 1);
    return bytes && AWAY + Number(guestPhysical);
  }

  private fromSwap(address: number, size: number): DataView {
    const bytes = this.swappable?.unmapped(BigInt(address - AWAY), size) ?? new Uint8Array(size);
    return new DataView(bytes.buffer, bytes.byteOffset, size);
  }

  private fromSwap32(address: number): number {
    return this.fromSwap(address, 4).getUint32(0, true);
  }

  private fromSwap64(address: number): bigint {
    return this.fromSwap(address, 8).getBigUint64(0, true);
  }

  /** The guest-physical address of one that may be swapped out. */
  private swappableAddress(space: AddressSpace, address: bigint): bigint | undefined {
    if (!this.swappable || space === 'hpa') return undefined;
    return space === 'gpa' ? address : this.guestPhysical(address);
  }

  /** The second level of translation, where what tables hold is translated any further. */
  get secondLevel(): SecondLevel | undefined {
    return this.direct() ? undefined : this.second();
  }

  private fromTable(address: bigint): number | undefined {
    return this.direct() ? Number(address) : this.fromGuestPhysical(address);
  }

  private fromGuestPhysical(address: bigint): number | undefined {
    const second = this.second();
    return second ? second.hostAddress(address) : this.onBus(Number(address));
  }

  /** Where the bytes of an address lie; undefined where no memory is. @param size within a page */
  private home(space: AddressSpace, address: bigint, size: number): number | undefined {
    const { physical } = this;
    const host = this.hostAddress(space, address);
    if (host === undefined || physical.isHidden(host)) return undefined;
    const offset = host % PAGE_SIZE;
    const home = physical.homeOf(host - offset) + offset;
    return physical.contains(home, size) ? home : undefined;
  }

  private swapped(space: AddressSpace, address: bigint, size: number): Uint8Array | undefined {
    const guestPhysical = this.swappableAddress(space, address);
    return guestPhysical === undefined ? undefined : this.swappable?.unmapped(guestPhysical, size);
  }

  /** An edit touches the page as any access does. @returns whether there was one */
  private bringIn(space: AddressSpace, address: bigint, bytes: Uint8Array): boolean {
    const guestPhysical = this.swappableAddress(space, address);
    if (guestPhysical === undefined || !this.swapped('gpa', guestPhysical, 1)) return false;
    this.swappable?.writeBytes(guestPhysical, bytes);
    return true;
  }

  /** Reads up to `length` bytes; stops at the first that cannot be read. */
  read(space: AddressSpace, address: bigint, length: number): MemoryBlock {
    const data = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const size = Math.min(length - done, PAGE_SIZE - Number(at & 0xfffn));
      const home = this.home(space, at, size);
      const bytes =
        home === undefined ? this.swapped(space, at, size) : this.physical.readBytes(home, size);
      if (!bytes) break;
      data.set(bytes, done);
      done += size;
    }
    return { data: data.subarray(0, done), unreadable: length - done };
  }

  /**
   * Writes bytes.
   *
   * @returns how many were written: fewer where memory ends
   */
  write(space: AddressSpace, address: bigint, data: Uint8Array): number {
    let done = 0;
    while (done < data.length) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const size = Math.min(data.length - done, PAGE_SIZE - Number(at & 0xfffn));
      const home = this.home(space, at, size);
      const bytes = data.subarray(done, done + size);
      if (home !== undefined) this.physical.writeBytes(home, bytes);
      else if (!this.bringIn(space, at, bytes)) break;
      done += size;
    }
    return done;
  }
}

import {
  walk,
  type Access,
  type EntryMemory,
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

  /** Walks the page tables for an access; `visit` sees each entry. */
  walkGuest(linear: bigint, access: Access, visit?: (step: WalkStep) => void): WalkResult {
    const entries = this.entriesAt((address) => this.fromTable(address) ?? NOWHERE);
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
      read32: (address) => physical.read32(address),
      read64: (address) => physical.read64(address),
      write32: () => undefined,
      write64: () => undefined,
    };
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

  /** Reads up to `length` bytes; stops at the first that cannot be read. */
  read(space: AddressSpace, address: bigint, length: number): MemoryBlock {
    const data = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const size = Math.min(length - done, PAGE_SIZE - Number(at & 0xfffn));
      const home = this.home(space, at, size);
      if (home === undefined) break;
      data.set(this.physical.readBytes(home, size), done);
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
      if (home === undefined) break;
      this.physical.writeBytes(home, data.subarray(done, done + size));
      done += size;
    }
    return done;
  }
}

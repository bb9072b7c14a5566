import { walkEpt, type EptStep } from '../processor/vmx/ept';
import { Field } from '../isa/vmx/fields';
import { SecondaryControl } from '../isa/vmx/controls';
import {
  walk,
  type Access,
  type PagingState,
  type WalkResult,
  type WalkStep,
} from '../processor/paging/walk';
import type { Processor } from '../processor/processor';

/** Guest-virtual, guest-physical and host-physical addresses. */
export type AddressSpace = 'gva' | 'gpa' | 'hpa';

/** Bytes that could be read from the start, and how many after them could not. */
export interface MemoryBlock {
  readonly data: Uint8Array;
  readonly unreadable: number;
}

const PROBE: Access = { write: false, execute: false, user: false };
const NOWHERE = 0xffffffff000;

/**
 * Memory as a debugger sees it: in each address space, from either side of a VM exit, without leaving
 * a trace in page tables or TLB.
 */
export class DebugMemory {
  constructor(
    private readonly cpu: Processor,
    /** The paging of the world whose virtual addresses are meant. */
    private readonly paging: () => PagingState,
    /** EPTP when guest-physical addresses are translated, else undefined. */
    private readonly eptPointer: () => bigint | undefined,
  ) {}

  /** The host-physical address of an address; undefined where there is none. */
  hostAddress(space: AddressSpace, address: bigint): number | undefined {
    if (space === 'hpa') return Number(address);
    const guestPhysical = space === 'gpa' ? address : this.guestPhysical(address);
    if (guestPhysical === undefined) return undefined;
    return this.fromGuestPhysical(guestPhysical);
  }

  /** The guest-physical address of a guest-virtual one. */
  guestPhysical(linear: bigint): bigint | undefined {
    return this.walkGuest(linear, PROBE).translation?.address;
  }

  /** Walks the guest's page tables for an access; `visit` sees each entry, `visitEpt` each EPT entry. */
  walkGuest(linear: bigint, access: Access, visit?: (step: WalkStep) => void): WalkResult {
    const { physical } = this.cpu;
    const entries = {
      entryAddress: (address: bigint) => this.fromGuestPhysical(address) ?? NOWHERE,
      read32: (address: number) => physical.read32(address),
      read64: (address: number) => physical.read64(address),
      write32: () => undefined,
      write64: () => undefined,
    };
    return walk(this.paging(), entries, linear, access, false, visit);
  }

  /** Walks the EPT for a guest-physical address. undefined when guest-physical is host-physical. */
  walkEpt(guestPhysical: bigint, access: Access, visit?: (step: EptStep) => void) {
    const eptp = this.eptPointer();
    if (eptp === undefined) return undefined;
    const wanted = {
      read: !access.write && !access.execute,
      write: access.write,
      execute: access.execute,
    };
    return walkEpt(this.cpu.physical, eptp, guestPhysical, wanted, false, visit);
  }

  private fromGuestPhysical(address: bigint): number | undefined {
    const result = this.walkEpt(address, PROBE);
    if (!result) return Number(address);
    return result.kind === 'translation' ? result.address : undefined;
  }

  /** Reads up to `length` bytes; stops at the first that cannot be read. */
  read(space: AddressSpace, address: bigint, length: number): MemoryBlock {
    const data = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const at = BigInt.asUintN(64, address + BigInt(done));
      const host = this.hostAddress(space, at);
      const size = Math.min(length - done, 4096 - Number(at & 0xfffn));
      if (host === undefined || !this.cpu.physical.contains(host, size)) break;
      data.set(this.cpu.physical.readBytes(host, size), done);
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
      const host = this.hostAddress(space, at);
      const size = Math.min(data.length - done, 4096 - Number(at & 0xfffn));
      if (host === undefined || !this.cpu.physical.contains(host, size)) break;
      this.cpu.physical.writeBytes(host, data.subarray(done, done + size));
      done += size;
    }
    return done;
  }
}

/** EPTP of the current VMCS, when "enable EPT" is on. */
export function currentEptPointer(cpu: Processor): bigint | undefined {
  const vmcs = cpu.vmx.current;
  if (!vmcs) return undefined;
  const secondary = vmcs.readNumber(Field.SECONDARY_VM_EXEC_CONTROL);
  return secondary & SecondaryControl.ENABLE_EPT ? vmcs.read(Field.EPT_POINTER) : undefined;
}

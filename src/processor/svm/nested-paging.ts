import { PageFaultError } from '../../isa/paging';
import { NestedPageFault } from '../../isa/svm/exit-information';
import { WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { readPdptes } from '../paging/pdptes';
import type { GuestPhysicalContext, HostTranslation, SecondLevel } from '../paging/mmu';
import {
  walk,
  type Access,
  type EntryMemory,
  type PagingState,
  type WalkResult,
  type WalkStep,
} from '../paging/walk';
import type { PhysicalMemory } from '../physical-memory';

/** A nested page fault: it becomes a #VMEXIT, and does not come back. */
export type NestedFaultExit = (information: bigint, guestPhysical: bigint, fetch: boolean) => never;

/** What of the host says how the nested tables are read: it is what it was at VMRUN (APM 2 15.25.3). */
export interface NestedPagingMode {
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly physicalAddressWidth: number;
}

/** Guest-physical addresses have as many bits as linear ones of the host's paging mode. */
const LONG_WIDTH = 48n;
const LEGACY_WIDTH = 32n;
const NOTHING: Access = { write: false, execute: false, user: true, unchecked: true };

/**
 * Nested paging as the memory management unit's second level: tables in the host's format, whose accesses
 * all count as those of a user (APM 2 15.25.5).
 */
export class NestedPageTables implements SecondLevel {
  entriesRead = 0;
  private readonly state: PagingState;
  private readonly entries: EntryMemory;

  constructor(
    memory: PhysicalMemory,
    readonly mode: NestedPagingMode,
    private readonly exit: NestedFaultExit,
  ) {
    this.entries = {
      entryAddress: (address) => Number(address),
      read32: (address) => memory.read32(address),
      read64: (address) => memory.read64(address),
      write32: (address, value) => {
        memory.write32(address, value);
      },
      write64: (address, value) => {
        memory.write64(address, value);
      },
    };
    const { cr3, cr4, efer, physicalAddressWidth } = mode;
    this.state = {
      cr0: WideCr0.PG | WideCr0.PE | WideCr0.WP,
      cr3,
      cr4,
      efer,
      paging: true,
      longMode: this.longMode,
      systemFlags: 0n,
      physicalAddressWidth,
      isAmd: true,
      // There are no PDPTE registers for nested tables: the entries are read each time.
      get pdptes() {
        return readPdptes(cr3, (address) => memory.read64(Number(address)));
      },
    };
  }

  private get longMode(): boolean {
    return (this.mode.efer & WideEfer.LMA) !== 0n;
  }

  translate(guestPhysical: bigint, context: GuestPhysicalContext): HostTranslation {
    // Walks of the guest's own tables count as writes, for the sake of their flags (APM 2 15.25.5).
    const write = context.write || context.pageWalk;
    const access: Access = { write, execute: context.execute, user: true };
    if (this.isBeyond(guestPhysical)) {
      this.fail(guestPhysical, context, errorOf(access, this.tellsFetches));
    }
    const count = (): void => {
      this.entriesRead++;
    };
    const { translation, fault } = walk(
      this.state,
      this.entries,
      guestPhysical,
      access,
      true,
      count,
    );
    if (fault) return this.fail(guestPhysical, context, fault.errorCode);
    return {
      address: Number(translation.address),
      readable: true,
      writable: translation.writable && translation.dirty,
    };
  }

  /** Error codes tell that an access was a fetch with NXE or SMEP (SDM 3A 4.7). */
  private get tellsFetches(): boolean {
    return (this.mode.efer & WideEfer.NXE) !== 0n || (this.mode.cr4 & WideCr4.SMEP) !== 0n;
  }

  private isBeyond(guestPhysical: bigint): boolean {
    return guestPhysical >> (this.longMode ? LONG_WIDTH : LEGACY_WIDTH) !== 0n;
  }

  private fail(guestPhysical: bigint, context: GuestPhysicalContext, errorCode: number): never {
    const where = context.pageWalk ? NestedPageFault.TABLE : NestedPageFault.FINAL;
    return this.exit(BigInt(errorCode) | where, guestPhysical, context.execute);
  }

  probe(guestPhysical: bigint): number | undefined {
    return this.look(guestPhysical);
  }

  /** The same, with each entry on the way, for whoever shows it. */
  look(guestPhysical: bigint, visit?: (step: WalkStep) => void): number | undefined {
    const result = this.inspect(guestPhysical, NOTHING, visit);
    return result?.translation && Number(result.translation.address);
  }

  /** How a walk for an access would end; undefined where the tables have no place for the address. */
  inspect(
    guestPhysical: bigint,
    access: Access,
    visit?: (step: WalkStep) => void,
  ): WalkResult | undefined {
    if (this.isBeyond(guestPhysical)) return undefined;
    return walk(this.state, this.entries, guestPhysical, access, false, visit);
  }
}

const errorOf = ({ write, execute }: Access, tellsFetches: boolean): number =>
  PageFaultError.US |
  (write ? PageFaultError.WR : 0) |
  (execute && tellsFetches ? PageFaultError.ID : 0);

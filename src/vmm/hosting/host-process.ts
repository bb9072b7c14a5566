import { Pte, tableIndex } from '../../isa/paging';
import { WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { walk, type PagingState, type WalkStep } from '../../processor/paging/walk';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { PAGE_SIZE } from '../../processor/state/layout';
import { DIRECT_MAP_INDEX } from '../host/address-space';
import type { FrameAllocator } from '../host/frames';
import type { Backing } from '../memory/backing';
import type { HostKernel } from './host-kernel';

/** The host-virtual address (HVA) of the guest's first byte of RAM, in every process: where large mappings lie. */
export const GUEST_RAM = 0x7f00_0000_0000n;

const TABLE = Pte.P | Pte.RW | Pte.US;
const PAGE = Pte.P | Pte.RW | Pte.US | Pte.A | Pte.D | Pte.XD;
/** An entry that is not present holds, from this bit on, one more than the slot of the swap device. */
const SLOT_SHIFT = 12n;

/** What has the guest's pages mapped, and has to be told when one loses its frame. */
export interface PageHolder {
  /** Nobody gets to the frame of this page any more. */
  withdraw(page: number, frame: number): void;
  /** Whether the monitor needs the frame where it is. */
  holds(frame: number): boolean;
}

/** How a page of guest RAM stands in the process. */
export type PageState =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'present'; readonly frame: number }
  | { readonly kind: 'swapped'; readonly slot: number };

/** How the process's tables lead to a page of the guest's. */
export interface ProcessWalk {
  /** The host-virtual address. */
  readonly linear: bigint;
  readonly steps: readonly WalkStep[];
  readonly state: PageState;
}

/**
 * A process of the host's that runs a guest: the guest's RAM is a mapping in its address space, and a page of it gets a
 * frame when it is touched. Its page tables lie in host memory, and are the only record of where a page is.
 */
export class HostProcess implements Backing {
  /** Host-physical address of its table of the fourth level. */
  readonly root: number;
  holder: PageHolder = { withdraw: () => undefined, holds: () => false };

  /**
   * @param tables gives frames for page tables
   * @param size bytes of guest RAM
   */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly tables: FrameAllocator,
    private readonly kernel: HostKernel,
    readonly size: number,
  ) {
    this.root = tables.allocate();
    kernel.adopt(this);
  }

  /** What CR3 holds while the process runs. */
  get cr3(): bigint {
    return BigInt(this.root);
  }

  /** The kernel is in the upper half of every address space. @param cr3 of one that has it */
  shareKernel(cr3: bigint): void {
    const at = DIRECT_MAP_INDEX * 8;
    this.memory.write64(this.root + at, this.memory.read64(Number(cr3) + at));
  }

  /** The host-virtual address of a guest-physical one; undefined beyond the guest's RAM. */
  hostVirtual(guestPhysical: bigint): bigint | undefined {
    const isRam = guestPhysical >= 0n && guestPhysical < BigInt(this.size);
    return isRam ? GUEST_RAM + guestPhysical : undefined;
  }

  /** Walks its tables without a trace; undefined beyond the guest's RAM. */
  trace(guestPhysical: bigint): ProcessWalk | undefined {
    const linear = this.hostVirtual(guestPhysical);
    if (linear === undefined) return undefined;
    const { memory } = this;
    const steps: WalkStep[] = [];
    const entries = {
      entryAddress: Number,
      read32: (address: number) => memory.read32(address),
      read64: (address: number) => memory.read64(address),
      write32: () => undefined,
      write64: () => undefined,
    };
    const access = { write: false, execute: false, user: true };
    walk(this.paging, entries, linear, access, false, (step) => {
      steps.push(step);
    });
    return { linear, steps, state: this.stateOf(Number(guestPhysical & ~0xfffn)) };
  }

  /** The registers by which the processor would walk them: those of a 64-bit host. */
  private get paging(): PagingState {
    return {
      cr0: WideCr0.PE | WideCr0.PG | WideCr0.WP,
      cr3: this.cr3,
      cr4: WideCr4.PAE,
      efer: WideEfer.LME | WideEfer.LMA | WideEfer.NXE,
      paging: true,
      longMode: true,
      systemFlags: 0n,
      pdptes: [],
    };
  }

  /** @param page guest-physical */
  stateOf(page: number): PageState {
    const entry = this.entry(page);
    if (entry & Pte.P) return { kind: 'present', frame: Number(entry & Pte.ADDRESS) };
    if (entry === 0n) return { kind: 'untouched' };
    return { kind: 'swapped', slot: Number(entry >> SLOT_SHIFT) - 1 };
  }

  /** The entry of its page table; 0 where there is none. */
  entry(page: number): bigint {
    const at = this.entryAddress(page, false);
    return at === undefined ? 0n : this.memory.read64(at);
  }

  setPresent(page: number, frame: number): void {
    this.setEntry(page, BigInt(frame) | PAGE);
  }

  setSwapped(page: number, slot: number): void {
    this.setEntry(page, BigInt(slot + 1) << SLOT_SHIFT);
  }

  /** The frame of a page; the host's kernel brings it in where it has none. */
  obtain(page: number): number {
    return this.kernel.obtain(this, page);
  }

  pin(page: number): number {
    const frame = this.obtain(page);
    this.kernel.pin(this, page);
    return frame;
  }

  unmapped(page: number): Uint8Array {
    const state = this.stateOf(page);
    switch (state.kind) {
      case 'untouched':
        return new Uint8Array(PAGE_SIZE);
      case 'swapped':
        return this.kernel.swap.read(state.slot);
      case 'present':
        return this.memory.readBytes(state.frame, PAGE_SIZE);
    }
  }

  /** All that it knows lies in its page tables, and with the kernel. */
  save(): undefined {
    return undefined;
  }

  restore(): void {
    // Host memory has been restored.
  }

  private setEntry(page: number, entry: bigint): void {
    const at = this.entryAddress(page, true);
    if (at !== undefined) this.memory.write64(at, entry);
  }

  /** Where the entry of a page is; its tables are made as needed where `make` says so. */
  private entryAddress(page: number, make: boolean): number | undefined {
    const linear = GUEST_RAM + BigInt(page);
    let table = this.root;
    for (let level = 4; level > 1; level--) {
      const at = table + tableIndex(linear, level) * 8;
      let entry = this.memory.read64(at);
      if (!(entry & Pte.P)) {
        if (!make) return undefined;
        entry = BigInt(this.tables.allocate()) | TABLE;
        this.memory.write64(at, entry);
      }
      table = Number(entry & Pte.ADDRESS);
    }
    return table + tableIndex(linear, 1) * 8;
  }
}

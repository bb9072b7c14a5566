import type { PagingMode } from '../../../processor/paging/walk';

/** The rights that the guest's entries grant on the way to a table. */
export interface Rights {
  readonly writable: boolean;
  readonly user: boolean;
  readonly executeDisable: boolean;
}

/** What of the guest's paging makes its tables mean something else. */
export interface Role {
  readonly mode: PagingMode;
  /** CR0.WP, CR4.PSE and IA32_EFER.NXE. */
  readonly writeProtect: boolean;
  readonly largePages: boolean;
  readonly executeDisable: boolean;
  /**
   * The guest's kernel runs in ring 3, where paging knows users only: all of its pages are the user's, with the
   * rights that a supervisor has. Users have other tables.
   */
  readonly kernelAsUser: boolean;
  /** CR4.SMEP, which the processor cannot hold against such a kernel. */
  readonly noUserCode: boolean;
}

/** The guest's table that a shadow table stands for. */
export interface GuestTable {
  /** The frame that it lies in, host-physical. */
  readonly frame: number;
  /** Where in the frame it begins: tables of PAE paging's third level are 32 bytes. */
  readonly entryBytes: 4 | 8;
  /** Which part of its entries: a table of 32-bit paging has 1024 entries, which fill two or four shadow tables. */
  readonly part: number;
  /** 2: a page directory of 32-bit paging, each entry of which is two shadow entries. */
  readonly shadowEntriesEach: 1 | 2;
}

/**
 * A page of shadow paging structures: a frame of 512 entries that the processor walks. It stands for a
 * table of the guest's, or for a part of a large page, or it is a root that only holds others together.
 */
export interface ShadowPage {
  /** What it stands for; the same is never shadowed twice. */
  readonly key: string;
  /** Host-physical address. */
  readonly frame: number;
  /** 5 = PML5 … 1 = page table. */
  readonly level: number;
  readonly guest: GuestTable | undefined;
  /** Writes of the guest's to the table since an entry of it was last filled in. */
  writes: number;
}

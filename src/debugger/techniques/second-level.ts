import type { BitTable } from '../../isa/bits';
import type { Access, Translation } from '../../processor/paging/walk';

/** One entry of the second level (EPT, nested paging) that a walk read. */
export interface SecondLevelStep {
  /** 4 = PML4E … 1 = PTE. */
  readonly level: number;
  readonly index: number;
  /** Host-physical address of the entry. */
  readonly entryAddress: number;
  readonly entry: bigint;
  readonly leaf: boolean;
  /** What its bits mean. */
  readonly table: BitTable;
  /** Rights, memory type, accessed and dirty flags, by their letters: 'RWX WB A D'. */
  readonly flags: string;
}

/** What an access to guest-physical memory wants. */
export interface SecondLevelAccess extends Access {
  /** It reads an entry of the guest's own tables. */
  readonly pageWalk?: boolean;
  /** The linear address that it is for. */
  readonly linear?: bigint;
  /** It reads, modifies and writes. */
  readonly update?: boolean;
  /** What guest paging says of the page, once that has been found. */
  readonly page?: Pick<Translation, 'user' | 'writable' | 'executeDisable'>;
}

/** How such a walk ends. */
export type SecondLevelResult =
  | { readonly kind: 'translation'; readonly address: number }
  | {
      readonly kind: 'fault';
      readonly level: number;
      /** What the processor does and which bits are to blame, in the user's language. */
      readonly text: string;
      /** What whoever receives the exit is told: 'exit qualification 0x181'. */
      readonly information?: string;
    };

/** Translation of guest-physical addresses, looked at without leaving a trace. */
export interface SecondLevel {
  /** 'EPT' */
  readonly name: string;
  /** Host-physical address of the first table. */
  readonly root: bigint;
  /** Only software reads it. */
  readonly inSoftware?: boolean;
  /** What an entry of a level is called: 'EPT PML4E', 'nPML4E'. */
  entryName(level: number): string;
  /** Where a guest-physical address lies, whatever its rights. */
  hostAddress(guestPhysical: bigint): number | undefined;
  /** Walks for an access; `visit` sees each entry read. */
  walk(
    guestPhysical: bigint,
    access: SecondLevelAccess,
    visit?: (step: SecondLevelStep) => void,
  ): SecondLevelResult;
}

/** The tables of a guest that knows its frames: they hold host-physical addresses. */
export interface DirectTables {
  /** The guest-physical address of a host-physical one; undefined where it is not the guest's. */
  guestPhysical(host: bigint): bigint | undefined;
}

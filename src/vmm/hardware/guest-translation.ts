import { walk, type Access, type PagingState, type WalkResult } from '../../processor/paging/walk';
import type { PhysicalMemory } from '../../processor/physical-memory';
import { accessOf } from '../memory/faulting-access';
import type { GuestPages } from '../memory/guest-pages';
import type { Filling, ShadowPager } from '../memory/shadow/shadow-pager';
import type { GuestArea } from './guest-area';
import { guestPagingState } from './guest-paging';

const READ_ANYTHING: Access = { write: false, execute: false, user: false, unchecked: true };
const NOWHERE = (1n << 64n) - 1n;

/** What it has to know of the guest and of the host. */
export interface TranslationSources {
  readonly area: () => GuestArea;
  readonly pkru: () => bigint;
  readonly memory: PhysicalMemory;
  readonly pages: GuestPages;
  /** Undefined where the processor translates guest-physical addresses. */
  readonly shadow: ShadowPager | undefined;
}

/** Where a guest's linear addresses lead: by its own page tables, and by the shadow tables made of them. */
export class GuestTranslation {
  constructor(private readonly from: TranslationSources) {}

  private get paging(): PagingState {
    const { controls, rflags } = this.from.area();
    return guestPagingState(controls, rflags, this.from.pkru());
  }

  /** Where the guest's page tables lead, whatever their rights; all ones where they lead nowhere. */
  leadsTo(linear: bigint): bigint {
    return this.look(linear, READ_ANYTHING).translation?.address ?? NOWHERE;
  }

  /** As the guest's instruction would get there: the physical address, or -1 - the error code of its #PF. */
  forInstruction(linear: bigint, write: boolean): bigint {
    const { isUser: user } = this.from.area();
    return addressOrFault(this.look(linear, { write, execute: false, user }));
  }

  /** The same for an access that has met a page fault; the guest's accessed and dirty flags are set. */
  forAccess(linear: bigint, errorCode: bigint): bigint {
    const { shadow } = this.from;
    if (!shadow) throw new RangeError('no shadow tables');
    return addressOrFault(shadow.walk(this.paging, linear, accessOf(errorCode)));
  }

  fillShadow(linear: bigint, errorCode: bigint): Filling {
    const { shadow } = this.from;
    if (!shadow) throw new RangeError('no shadow tables');
    return shadow.fill(this.paging, linear, accessOf(errorCode));
  }

  /** Host-physical address of the shadow tables' root. */
  shadowRoot(): number {
    const { shadow } = this.from;
    if (!shadow) throw new RangeError('no shadow tables');
    return shadow.root(this.paging);
  }

  private look(linear: bigint, access: Access): WalkResult {
    const { memory, pages } = this.from;
    const entries = {
      entryAddress: (address: bigint) => {
        const page = pages.obtain(address);
        return page ? page.frame + Number(address & 0xfffn) : memory.size;
      },
      read32: (address: number) => memory.read32(address),
      read64: (address: number) => memory.read64(address),
      write32: () => undefined,
      write64: () => undefined,
    };
    return walk(this.paging, entries, linear, access, false);
  }
}

const addressOrFault = ({ translation, fault }: WalkResult): bigint =>
  translation ? translation.address : -1n - BigInt(fault.errorCode);

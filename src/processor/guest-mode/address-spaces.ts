import { State, wordOf } from '../state/layout';
import type { Persistent } from '../persistent';
import type { CpuState } from '../state/cpu-state';
import type { GuestAddressSpace } from './host';

/**
 * The words of the registers by which the software TLB's translations were made; the PDPTEs, which
 * come last, are among them with PAE paging only. (All indices are within their arrays; asking for
 * undefined would cost half the time again.)
 */
const PAGING_WORDS = Int32Array.from(
  [
    State.CR0,
    State.CR3,
    State.CR3 + 4,
    State.CR4,
    State.EFER,
    ...[0, 4, 8, 12, 16, 20, 24, 28].map((n) => State.PDPTES + n),
  ],
  wordOf,
);
const WITHOUT_PDPTES = PAGING_WORDS.length - 8;

const wordsInUse = (state: CpuState): number =>
  state.usesPdptes ? PAGING_WORDS.length : WITHOUT_PDPTES;

/** Whose translations the software TLB holds. */
export interface AddressSpacesState {
  readonly guest: GuestAddressSpace;
  readonly root: Int32Array;
}

/**
 * Which translations outlive the transitions between root operation and guest mode. Untagged ones
 * never do. Tagged ones may stay (SDM 3C 29.4.3.1), and do where this processor, whose software TLB
 * holds one address space for each world, can tell them from others.
 */
export class AddressSpaces implements Persistent<AddressSpacesState> {
  /** Whose translations guest mode has in the TLB. */
  guest: GuestAddressSpace = { tag: 0, root: 0n };
  private readonly root = new Int32Array(PAGING_WORDS.length);

  constructor(
    private readonly state: CpuState,
    private readonly flushWorld: (world: 0 | 1) => void,
  ) {}

  save(): AddressSpacesState {
    return { guest: this.guest, root: this.root.slice() };
  }

  restore({ guest, root }: AddressSpacesState): void {
    this.guest = guest;
    this.root.set(root);
  }

  /** An entry is about to load the guest's registers. */
  leaveRoot(): void {
    const { root, state } = this;
    const { words } = state;
    const count = wordsInUse(state);
    for (let n = 0; n < count; n++) root[n] = words[PAGING_WORDS[n] as number] as number;
  }

  enterGuest(guest: GuestAddressSpace): void {
    if (guest.tag === 0) this.flushUntagged();
    else if (guest.tag !== this.guest.tag || guest.root !== this.guest.root) this.flushWorld(1);
    this.guest = guest;
  }

  /**
   * The host's registers have been loaded again.
   * @param tagged whether the guest's translations had a tag
   */
  enterRoot(tagged: boolean): void {
    if (!tagged) this.flushUntagged();
    else if (!this.sameRoot()) this.flushWorld(0);
  }

  /** Without a tag the guest's translations are told from those of root operation by nothing (SDM 3C 29.4.3.1). */
  private flushUntagged(): void {
    this.flushWorld(0);
    this.flushWorld(1);
  }

  private sameRoot(): boolean {
    const { root, state } = this;
    const { words } = state;
    const count = wordsInUse(state);
    for (let n = 0; n < count; n++) {
      if (root[n] !== words[PAGING_WORDS[n] as number]) return false;
    }
    return true;
  }
}

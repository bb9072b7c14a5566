import { Cr0, Cr4, Efer } from '../../isa/registers/control';
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
const [CR0, CR4, EFER] = [State.CR0, State.CR4, State.EFER].map(wordOf) as [number, number, number];
const WITHOUT_PDPTES = PAGING_WORDS.length - 8;

const wordsInUse = (state: CpuState): number =>
  state.usesPdptes ? PAGING_WORDS.length : WITHOUT_PDPTES;

/**
 * The bits by which each access is judged anew; the software TLB holds what they allow. (They stand at
 * different places of their registers.)
 */
const rulesOf = ({ words }: CpuState): number =>
  ((words[CR0] as number) & Cr0.WP) |
  ((words[CR4] as number) & (Cr4.SMEP | Cr4.SMAP | Cr4.PKE)) |
  ((words[EFER] as number) & Efer.NXE);

/** Whose translations the software TLB holds. */
export interface AddressSpacesState {
  readonly guest: GuestAddressSpace;
  readonly guestRules: number;
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
  /** The rules by which they were made. */
  private guestRules = 0;
  private readonly root = new Int32Array(PAGING_WORDS.length);

  constructor(
    private readonly state: CpuState,
    private readonly flushWorld: (world: 0 | 1) => void,
  ) {}

  save(): AddressSpacesState {
    return { guest: this.guest, guestRules: this.guestRules, root: this.root.slice() };
  }

  restore({ guest, guestRules, root }: AddressSpacesState): void {
    this.guest = guest;
    this.guestRules = guestRules;
    this.root.set(root);
  }

  /** An entry is about to load the guest's registers. */
  leaveRoot(): void {
    const { root, state } = this;
    const { words } = state;
    const count = wordsInUse(state);
    for (let n = 0; n < count; n++) root[n] = words[PAGING_WORDS[n] as number] as number;
  }

  /** The guest's registers have been loaded. */
  enterGuest(guest: GuestAddressSpace): void {
    if (guest.tag === 0) this.flushUntagged();
    else if (!this.sameGuest(guest)) this.flushWorld(1);
    this.guest = guest;
  }

  private sameGuest({ tag, root, guarded }: GuestAddressSpace): boolean {
    const { guest, guestRules, state } = this;
    const same = tag === guest.tag && root === guest.root && guarded === guest.guarded;
    return same && guestRules === rulesOf(state);
  }

  /** An exit has saved the guest's registers, and is about to load the host's. */
  leaveGuest(): void {
    this.guestRules = rulesOf(this.state);
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

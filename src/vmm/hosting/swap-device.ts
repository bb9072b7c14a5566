import type { Persistent } from '../../processor/persistent';

/** Pages by the number of their slots. */
export type SwapDeviceState = readonly (readonly [slot: number, page: Uint8Array])[];

/** The host's disk, as far as pages of its processes lie there for which there is no room in memory. */
export class SwapDevice implements Persistent<SwapDeviceState> {
  private readonly slots = new Map<number, Uint8Array>();

  /** How many pages lie there. */
  get used(): number {
    return this.slots.size;
  }

  /** Writes a page into the first free slot. @returns its number */
  write(page: Uint8Array): number {
    let slot = 0;
    while (this.slots.has(slot)) slot++;
    this.slots.set(slot, page.slice());
    return slot;
  }

  /** @throws RangeError where nothing has been written */
  read(slot: number): Uint8Array {
    const page = this.slots.get(slot);
    if (!page) throw new RangeError(`nothing lies in slot ${String(slot)} of the swap device`);
    return page;
  }

  /** The slot may be used for another page. */
  release(slot: number): void {
    this.slots.delete(slot);
  }

  save(): SwapDeviceState {
    const pages = [...this.slots].map(([slot, page]) => [slot, page.slice()] as const);
    return pages.sort(([a], [b]) => a - b);
  }

  restore(state: SwapDeviceState): void {
    this.slots.clear();
    for (const [slot, page] of state) this.slots.set(slot, page.slice());
  }
}

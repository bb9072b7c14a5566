/** Which entries lead to a frame: mostly one. */
export class Places {
  private readonly places = new Map<number, number | Set<number>>();

  add(frame: number, address: number): void {
    const known = this.places.get(frame);
    if (known === undefined) this.places.set(frame, address);
    else if (typeof known !== 'number') known.add(address);
    else if (known !== address) this.places.set(frame, new Set([known, address]));
  }

  delete(frame: number, address: number): void {
    const known = this.places.get(frame);
    if (known === address) this.places.delete(frame);
    else if (typeof known === 'object') {
      known.delete(address);
      if (known.size === 0) this.places.delete(frame);
    }
  }

  /** The addresses of the entries that lead to a frame. */
  of(frame: number): readonly number[] {
    const known = this.places.get(frame);
    if (known === undefined) return [];
    return typeof known === 'number' ? [known] : [...known];
  }

  clear(): void {
    this.places.clear();
  }
}

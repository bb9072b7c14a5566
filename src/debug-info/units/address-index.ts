import type { Range } from '../reading/ranges';

/** Whose code lies at an address. */
export class AddressIndex<T> {
  private readonly rows: readonly { readonly range: Range; readonly owner: T }[];

  constructor(rows: Iterable<{ readonly range: Range; readonly owner: T }>) {
    this.rows = [...rows].sort(({ range: a }, { range: b }) => (a.from < b.from ? -1 : 1));
  }

  /** Of several that claim it, the one that begins last. */
  find(address: bigint): T | undefined {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const row = this.rows[middle];
      if (row && row.range.from <= address) low = middle + 1;
      else high = middle;
    }
    const row = this.rows[low - 1];
    return row && address < row.range.to ? row.owner : undefined;
  }
}

import type { SymbolInfo } from './assembly';

/** A symbol and how far after it an address lies, as in `print+0x8`. */
export interface NearSymbol {
  readonly symbol: SymbolInfo;
  readonly offset: bigint;
}

/** The symbols of an assembled program. */
export class SymbolTable {
  private readonly byName = new Map<string, SymbolInfo>();
  private readonly labels: readonly SymbolInfo[];

  constructor(readonly all: readonly SymbolInfo[]) {
    for (const symbol of all) this.byName.set(symbol.name, symbol);
    const unsigned = (s: SymbolInfo): bigint => BigInt.asUintN(64, s.value);
    // Symbols that macros made for themselves (`..@1.loop`) would only confuse.
    this.labels = all
      .filter((s) => s.kind === 'label' && s.section !== undefined && !s.name.startsWith('..@'))
      .sort((a, b) => (unsigned(a) < unsigned(b) ? -1 : unsigned(a) > unsigned(b) ? 1 : 0));
  }

  /** The symbol of that name, exactly as defined (local labels as `main.loop`). */
  get(name: string): SymbolInfo | undefined {
    return this.byName.get(name);
  }

  /**
   * The last label at or before a virtual address; of several at one address, the first defined.
   *
   * @param section whose labels are meant, where it has any there: others may have the same addresses
   */
  nearest(address: bigint, section?: string): NearSymbol | undefined {
    const wanted = BigInt.asUintN(64, address);
    let low = 0;
    let high = this.labels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const value = BigInt.asUintN(64, this.labels[middle]?.value ?? 0n);
      if (value <= wanted) low = middle + 1;
      else high = middle;
    }
    let at = low - 1;
    if (section !== undefined) at = this.lastOf(section, at);
    let symbol = this.labels[at];
    if (!symbol) return undefined;
    const { value } = symbol;
    for (; this.labels[at]?.value === value; at--) {
      const label = this.labels[at];
      if (label && (section === undefined || label.section === section)) symbol = label;
    }
    return { symbol, offset: wanted - BigInt.asUintN(64, value) };
  }

  /** The last label of a section up to a place in the list; that place where there is none. */
  private lastOf(section: string, from: number): number {
    let at = from;
    while (at >= 0 && this.labels[at]?.section !== section) at--;
    return at < 0 ? from : at;
  }
}

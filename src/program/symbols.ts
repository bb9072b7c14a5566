import type { Span } from './diagnostics';
import { sameValue, type Value } from './value';

/** A symbol while the program is assembled. */
export interface SymbolEntry {
  readonly name: string;
  kind: 'label' | 'equ';
  value: Value;
  span: Span;
  chain: readonly Span[];
  /** The pass that defined it last. */
  pass: number;
}

/** All symbols of a program; values survive from one pass to the next. */
export class SymbolScope {
  readonly entries = new Map<string, SymbolEntry>();
  /** Set when a definition differs from the pass before. */
  changed = false;
  pass = 0;
  /** Definitions of this pass whose value is not known yet. */
  unknown = 0;
  /** One of those that differ. */
  lastChanged: SymbolEntry | undefined;
  /** The last label that local labels (`.x`) belong to. */
  parent = '';

  beginPass(): void {
    this.pass++;
    this.changed = false;
    this.unknown = 0;
    this.parent = '';
  }

  /** The full name of a symbol as written: `.x` belongs to the last label, `..@x` and `..x` to none. */
  fullName(name: string): string {
    return name.startsWith('.') && !name.startsWith('..') ? this.parent + name : name;
  }

  /** Defines a symbol in this pass; false when the pass has already defined it with another value. */
  define(
    name: string,
    kind: 'label' | 'equ',
    value: Value,
    span: Span,
    chain: readonly Span[],
  ): boolean {
    const full = this.fullName(name);
    if (kind === 'label' && !name.startsWith('.')) this.parent = name;
    if (value.unknown) this.unknown++;
    const entry = this.entries.get(full);
    if (!entry) {
      this.entries.set(full, { name: full, kind, value, span, chain, pass: this.pass });
      this.changed = true;
      return true;
    }
    if (entry.pass === this.pass)
      return sameValue(entry.value, value) && kind === 'equ' && entry.kind === 'equ';
    if (!sameValue(entry.value, value)) {
      this.changed = true;
      this.lastChanged = entry;
    }
    entry.kind = kind;
    entry.value = value;
    entry.span = span;
    entry.chain = chain;
    entry.pass = this.pass;
    return true;
  }

  get(name: string): SymbolEntry | undefined {
    return this.entries.get(this.fullName(name));
  }

  /** Drops what the last pass did not define any more. */
  endPass(): void {
    for (const [name, entry] of this.entries) {
      if (entry.pass !== this.pass) {
        this.entries.delete(name);
        this.changed = true;
      }
    }
  }
}

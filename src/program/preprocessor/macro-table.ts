import type { Token } from '../tokens';
import { isStandardMacro } from '../words';
import type { MultiLineMacro } from './multi-line-macros';

/** The `%macro`s of a program; several may share a name and differ in how many parameters they take. */
export class MacroTable {
  private readonly byName = new Map<string, readonly MultiLineMacro[]>();

  private named(name: string): readonly MultiLineMacro[] {
    const list = this.byName.get(name.toLowerCase()) ?? [];
    return list.filter((m) => m.caseless || m.name === name);
  }

  /** Those a call by this name may mean: a macro is not expanded within itself, unless it says so. */
  callable(name: string): readonly MultiLineMacro[] {
    return this.named(name).filter((m) => m.active <= m.recursion);
  }

  define(macro: MultiLineMacro): void {
    const key = macro.name.toLowerCase();
    const others = (this.byName.get(key) ?? []).filter(
      (m) => !(m.name === macro.name && m.minimum === macro.minimum && m.maximum === macro.maximum),
    );
    this.byName.set(key, [macro, ...others]);
  }

  undefine(name: string, caseless: boolean, minimum: number, maximum: number): void {
    const key = name.toLowerCase();
    const list = this.byName.get(key) ?? [];
    this.byName.set(
      key,
      list.filter((m) => {
        const named = m.caseless === caseless && (caseless || m.name === name);
        return !(named && m.minimum === minimum && m.maximum === maximum);
      }),
    );
  }

  clear(): void {
    this.byName.clear();
  }

  /** `%ifmacro name [parameters]` (NASM manual 4.4.4). */
  has(name: string, parameters: readonly Token[]): boolean {
    // NASM's own directives are macros to it.
    if (isStandardMacro(name.toLowerCase())) return true;
    const list = this.named(name);
    if (parameters.length === 0) return list.length > 0;
    const text = parameters.map((t) => t.text).join('');
    const [, low, high, plus] = /^(\d+)(?:-(\d+|\*))?(\+)?/.exec(text) ?? [];
    const minimum = Number(low ?? 0);
    const maximum = high === undefined ? minimum : high === '*' ? Infinity : Number(high);
    return list.some((m) => (plus || m.greedy || m.minimum <= maximum) && m.maximum >= minimum);
  }

  /** Every name, for suggestions. */
  names(): string[] {
    return [...this.byName.values()].flat().map((m) => m.name);
  }
}

import type { Span } from '../diagnostics';
import type { Recorder } from '../recorder';
import type { Token } from '../tokens';

/** A `%define` (NASM manual 4.1). */
export interface SingleLineMacro {
  readonly name: string;
  readonly caseless: boolean;
  /** Undefined for a macro without a parameter list. */
  readonly parameters: readonly Parameter[] | undefined;
  readonly body: readonly Token[];
  /** Stands for whatever the macro of this name is at the moment (`%defalias`). */
  readonly alias?: string;
  /** Where its name stands in its definition. */
  readonly span?: Span;
}

export interface Parameter {
  readonly name: string;
  /** `=x`: evaluated before use. */
  readonly evaluated: boolean;
  /** `x+`: takes the rest, commas included. */
  readonly greedy: boolean;
  /** `&x`: expanded and put into quotes; `&&x`: unless it is a string already. */
  readonly quoted: 'no' | 'always' | 'unless string';
  /** `!x`: braces stay. */
  readonly verbatim: boolean;
}

const clashes = (a: SingleLineMacro, b: SingleLineMacro): boolean =>
  a.caseless || b.caseless ? a.name.toLowerCase() === b.name.toLowerCase() : a.name === b.name;

/** What `%clear` takes away. */
export interface Cleared {
  readonly defines: boolean;
  readonly aliases: boolean;
  /** Those of contexts instead of the others. */
  readonly local: boolean;
}

/** Names of context-local macros are made of the context's number (`%$x` is `..@5.x`). */
const isLocal = (name: string): boolean => name.startsWith('..@');

/** The single-line macros of a program, by name. */
export class SingleLineMacros {
  private readonly table = new Map<string, SingleLineMacro[]>();
  /** `%aliases off` switches aliases off without forgetting them. */
  aliases = true;

  constructor(private readonly recorder?: Recorder) {}

  define(macro: SingleLineMacro): void {
    const target = this.resolve(macro.name);
    if (macro.alias === undefined && target !== macro.name) {
      this.define({ ...macro, name: target });
      return;
    }
    const { name, span } = macro;
    if (span) this.recorder?.define('define', name, span, { as: 'define', macro });
    const key = name.toLowerCase();
    const list = this.table.get(key) ?? [];
    const count = macro.parameters?.length;
    const kept = list.filter((m) => {
      if (!clashes(m, macro)) return true;
      if (macro.alias !== undefined || m.alias !== undefined) return false;
      // A macro without parameters and one with them cannot share a name.
      return (
        m.parameters?.length !== count && (m.parameters === undefined) === (count === undefined)
      );
    });
    this.table.set(key, [...kept, macro]);
  }

  undefine(name: string): void {
    this.remove(this.resolve(name), (m) => m.alias === undefined);
  }

  undefineAlias(name: string): void {
    this.remove(name, (m) => m.alias !== undefined);
  }

  private remove(name: string, which: (m: SingleLineMacro) => boolean): void {
    const key = name.toLowerCase();
    const list = this.table.get(key) ?? [];
    this.table.set(
      key,
      list.filter((m) => !(which(m) && (m.caseless || m.name === name))),
    );
  }

  clear({ defines, aliases, local }: Cleared): void {
    for (const [key, list] of this.table) {
      if (isLocal(key) !== local) continue;
      const kept = list.filter((m) => (m.alias === undefined ? !defines : !aliases));
      this.table.set(key, kept);
    }
  }

  /** The macros of this name as written, without following aliases. */
  private own(name: string): readonly SingleLineMacro[] {
    const list = this.table.get(name.toLowerCase());
    if (!list || list.length === 0) return [];
    return list.filter((m) => m.caseless || m.name === name);
  }

  /** Follows aliases to the name that is meant. */
  private resolve(name: string): string {
    let at = name;
    const seen = new Set<string>();
    while (this.aliases && !seen.has(at)) {
      seen.add(at);
      const next = this.own(at).find((m) => m.alias !== undefined)?.alias;
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  /** The macros that a name stands for; several may differ in their number of parameters. */
  find(name: string): readonly SingleLineMacro[] {
    const list = this.own(name);
    if (!list.some((m) => m.alias !== undefined)) return list;
    return this.own(this.resolve(name)).filter((m) => m.alias === undefined);
  }

  has(name: string): boolean {
    return this.table.has(name.toLowerCase());
  }

  isAlias(name: string): boolean {
    return this.own(name).some((m) => m.alias !== undefined);
  }

  /** Every name, for suggestions. */
  names(): string[] {
    return [...this.table.values()].flat().map((m) => m.name);
  }
}

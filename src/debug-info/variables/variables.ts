import type { Frames } from '../frames/frames';
import { evaluateLocation, evaluateNumber, type Surroundings } from '../locations/evaluate';
import type { Location } from '../locations/location';
import { optimisedOut, type Machine } from '../locations/machine';
import { Attribute, Tag } from '../reading/dwarf-names';
import { rangesOf, type Range } from '../reading/ranges';
import type { Entry, Unit } from '../reading/unit';
import type { CompiledUnits } from '../units/compiled-units';
import { expressionAt } from './location-lists';
import { Types, type Type } from './types';

/** A variable or parameter that can be seen from an address. */
export interface Variable {
  readonly name: string;
  readonly type: Type;
  /** @throws Unavailable where it has none there, DebugInfoError */
  locate(machine: Machine): Location;
}

interface FunctionEntry {
  readonly unit: Unit;
  readonly entry: Entry;
  readonly ranges: readonly Range[];
}

/** What the compiler has told of one unit. */
interface Scope {
  readonly functions: readonly FunctionEntry[];
  readonly globals: readonly Entry[];
}

const PARAMETERS: ReadonlySet<number> = new Set([Tag.FORMAL_PARAMETER, Tag.VARIABLE]);
const NESTED: ReadonlySet<number> = new Set([Tag.LEXICAL_BLOCK, Tag.INLINED_SUBROUTINE]);
/** Entries refer to others that they are copies of; no compiler makes longer chains. */
const LONGEST_CHAIN = 8;

export class Variables {
  private readonly scopes = new Map<Unit, Scope>();
  private readonly types: Types;

  constructor(
    private readonly units: CompiledUnits,
    private readonly frames: Frames,
  ) {
    this.types = new Types((offset) => this.unitAt(offset), units.troubles);
  }

  /** Of the function at an address, the innermost first. @throws DebugInfoError */
  localsAt(address: bigint): Variable[] {
    const here = this.functionAt(address);
    if (!here) return [];
    const { unit } = here;
    const found: Variable[][] = [[]];
    // Entries deeper than this belong to blocks in which control is not.
    let closed = Infinity;
    for (const { entry, depth } of unit.below(here.entry)) {
      if (depth > closed) continue;
      closed = Infinity;
      if (PARAMETERS.has(entry.tag)) {
        const variable = this.variable(unit, entry, address, here.entry);
        if (variable) (found[depth] ??= []).push(variable);
      } else if (
        !NESTED.has(entry.tag) ||
        !rangesOf(unit, entry).some((each) => holds(each, address))
      ) {
        closed = depth;
      }
    }
    return outermostLast(found);
  }

  /** Of the unit at an address, those outside of functions. @throws DebugInfoError */
  globalsAt(address: bigint): Variable[] {
    for (const { unit } of this.units.candidatesAt(address)) {
      if (!unit) continue;
      return this.scopeOf(unit).globals.flatMap(
        (entry) => this.variable(unit, entry, address, undefined) ?? [],
      );
    }
    return [];
  }

  private functionAt(address: bigint): FunctionEntry | undefined {
    for (const { unit } of this.units.candidatesAt(address)) {
      const functions = unit ? this.scopeOf(unit).functions : [];
      const found = functions.find(({ ranges }) => ranges.some((each) => holds(each, address)));
      if (found) return found;
    }
    return undefined;
  }

  private scopeOf(unit: Unit): Scope {
    const known = this.scopes.get(unit);
    if (known) return known;
    const [functions, globals]: [FunctionEntry[], Entry[]] = [[], []];
    for (const { entry, depth } of unit.below(unit.root)) {
      if (entry.tag === Tag.SUBPROGRAM) {
        const ranges = rangesOf(unit, entry);
        if (ranges.length > 0) functions.push({ unit, entry, ranges });
      } else if (depth === 1 && entry.tag === Tag.VARIABLE) globals.push(entry);
    }
    const scope = { functions, globals };
    this.scopes.set(unit, scope);
    return scope;
  }

  private unitAt(offset: number): Unit | undefined {
    const all = this.units.all;
    return all.find(({ unit }) => unit && offset > unit.unitAt && offset < unit.end)?.unit;
  }

  /** @param owner the function that it is a variable of */
  private variable(
    unit: Unit,
    entry: Entry,
    address: bigint,
    owner: Entry | undefined,
  ): Variable | undefined {
    const described = this.chain(unit, entry);
    const named = described.find(({ unit: own, entry: each }) => own.text(each, Attribute.NAME));
    const typed = described.find(({ entry: each }) => each.attributes.has(Attribute.TYPE));
    const name = named?.unit.text(named.entry, Attribute.NAME);
    if (name === undefined || !typed) return undefined;
    const isDeclared = entry.attributes.has(Attribute.DECLARATION);
    if (!owner && (isDeclared || !entry.attributes.has(Attribute.LOCATION))) return undefined;
    const type = this.types.of(typed.entry);
    return {
      name,
      type,
      locate: (machine) => this.locate(unit, entry, address, owner, machine),
    };
  }

  /** An entry with those that it is a copy of. */
  private chain(unit: Unit, entry: Entry): { readonly unit: Unit; readonly entry: Entry }[] {
    const chain = [{ unit, entry }];
    for (let last = chain[0]; last && chain.length < LONGEST_CHAIN;) {
      const { attributes } = last.entry;
      const to =
        attributes.get(Attribute.ABSTRACT_ORIGIN) ?? attributes.get(Attribute.SPECIFICATION);
      const next = to?.kind === 'reference' ? this.unitAt(to.value) : undefined;
      const found = next && to?.kind === 'reference' ? next.entryAt(to.value) : undefined;
      if (!next || !found) break;
      last = { unit: next, entry: found };
      chain.push(last);
    }
    return chain;
  }

  private locate(
    unit: Unit,
    entry: Entry,
    address: bigint,
    owner: Entry | undefined,
    machine: Machine,
  ): Location {
    const value = unit.number(entry, Attribute.CONST_VALUE);
    if (value !== undefined) return { kind: 'value', value };
    const expression = expressionAt(unit, entry, Attribute.LOCATION, address);
    if (!expression) throw optimisedOut();
    return evaluateLocation(expression, this.around(unit, owner, address, machine));
  }

  private around(
    unit: Unit,
    owner: Entry | undefined,
    address: bigint,
    machine: Machine,
  ): Surroundings {
    const around: Surroundings = {
      ...machine,
      indexedAddress: (index) => unit.indexedAddress(index),
      frameAddress: () => {
        const found = this.frames.frameAddress(address, machine);
        if (found === undefined) throw optimisedOut();
        return found;
      },
    };
    const base = owner && expressionAt(unit, owner, Attribute.FRAME_BASE, address);
    return base ? { ...around, frameBase: () => evaluateNumber(base, around) } : around;
  }
}

const holds = ({ from, to }: Range, address: bigint): boolean => address >= from && address < to;

/** By depth: what stands deeper hides what is outside of it. */
const outermostLast = (found: readonly (readonly Variable[] | undefined)[]): Variable[] =>
  [...found].reverse().flatMap((each) => each ?? []);

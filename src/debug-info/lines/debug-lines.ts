import type { LineEntry, Lines, LineTable } from '../../program';
import { addressesAt } from '../layout';
import type { CompiledUnits } from '../units/compiled-units';
import type { UnitLines } from './unit-lines';

/**
 * The lines of an image that has debug information. Of a large one only the units are read that somebody asks for.
 * Where there are no lines, what its symbols tell.
 */
export class DebugLines implements Lines {
  private owners: ReadonlyMap<string, readonly UnitLines[]> | undefined;

  constructor(
    private readonly units: CompiledUnits,
    /** From each symbol to the next. */
    private readonly symbols: LineTable,
  ) {}

  at(address: bigint): LineEntry | undefined {
    return this.lineAt(address) ?? this.symbols.at(address);
  }

  private lineAt(address: bigint): LineEntry | undefined {
    for (const { lines } of this.units.candidatesAt(address)) {
      const entry = this.guarded(() => lines?.all.at(address), undefined);
      if (entry) return entry;
    }
    return undefined;
  }

  atLoad(physical: bigint): LineEntry | undefined {
    for (const address of addressesAt(this.units.around.layout, physical)) {
      const entry = this.lineAt(address);
      if (entry) return entry;
    }
    return this.symbols.atLoad(physical);
  }

  movedTo(address: bigint): LineEntry | undefined {
    const entry = this.at(address);
    return entry && entry.load !== entry.address ? entry : undefined;
  }

  of(file: string, line: number): readonly LineEntry[] {
    return this.ownersOf(file).flatMap((unit) =>
      this.statements(unit, (all) => all.of(file, line)),
    );
  }

  nextCodeLine(file: string, line: number): number | undefined {
    const lines = this.ownersOf(file).flatMap((unit) =>
      this.statements(unit, (all) => all.nextCodeLine(file, line) ?? []),
    );
    return lines.length === 0 ? undefined : Math.min(...lines);
  }

  linesWithCode(file: string): readonly number[] {
    const lines = this.ownersOf(file).flatMap((unit) =>
      this.statements(unit, (all) => all.linesWithCode(file)),
    );
    return [...new Set(lines)].sort((a, b) => a - b);
  }

  private statements<T>(unit: UnitLines, ask: (all: LineTable) => T | readonly T[]) {
    return this.guarded<T | readonly T[]>(() => ask(unit.statements), []);
  }

  get files(): readonly string[] {
    return [...this.ownersByFile.keys()];
  }

  get entries(): readonly LineEntry[] {
    const lines = this.all.flatMap((unit) => this.guarded(() => unit.all.entries, []));
    return [...lines, ...this.symbols.entries];
  }

  loadedElsewhere(): Lines {
    // Where an image of this kind lies it says itself.
    return this;
  }

  private ownersOf(file: string): readonly UnitLines[] {
    return this.ownersByFile.get(file) ?? [];
  }

  private get ownersByFile() {
    if (this.owners) return this.owners;
    const owners = new Map<string, UnitLines[]>();
    const { sourceAt } = this.units.around;
    for (const unit of this.all) {
      const files = this.guarded(() => unit.paths, []).flatMap((path) => sourceAt(path) ?? []);
      for (const file of new Set(files)) {
        const list = owners.get(file);
        if (list) list.push(unit);
        else owners.set(file, [unit]);
      }
    }
    return (this.owners = owners);
  }

  private get all(): UnitLines[] {
    return this.units.all.flatMap(({ lines }) => lines ?? []);
  }

  private get guarded() {
    return this.units.troubles.guarded;
  }
}

import { UnitLines, LINES, type LineSource, type Surroundings } from '../lines/unit-lines';
import { loadAddressOf } from '../layout';
import { Attribute, Tag } from '../reading/dwarf-names';
import { rangesOf, type Range } from '../reading/ranges';
import type { Troubles } from '../reading/troubles';
import type { Unit } from '../reading/unit';
import { AddressIndex } from './address-index';

/** What was compiled together. */
export interface CompiledUnit {
  /** Undefined where there are lines only. */
  readonly unit: Unit | undefined;
  readonly lines: UnitLines | undefined;
  /** Where its code is, if it says so. */
  readonly ranges: readonly Range[];
}

/** Numbers of languages (DWARF 5, 7.12; DWARF 6): any assembly, and that of MIPS, which stands for any. */
const ASSEMBLIES: ReadonlySet<bigint> = new Set([0x31n, 0x8001n]);

/** All units of an image. Of each its first entry alone is read, when somebody asks for the first time. */
export class CompiledUnits {
  private list: readonly CompiledUnit[] | undefined;
  private index: AddressIndex<CompiledUnit> | undefined;

  constructor(
    readonly around: Surroundings,
    readonly troubles: Troubles,
  ) {}

  get all(): readonly CompiledUnit[] {
    return (this.list ??= this.read());
  }

  /** The unit whose code lies at an address, and those that do not say where theirs is. */
  *candidatesAt(address: bigint): Generator<CompiledUnit> {
    const owner = this.byAddress.find(address);
    if (owner) yield owner;
    for (const each of this.all) if (each.ranges.length === 0) yield each;
  }

  private get byAddress(): AddressIndex<CompiledUnit> {
    if (!this.index) {
      const rows = this.all.flatMap((owner) => owner.ranges.map((range) => ({ range, owner })));
      this.index = new AddressIndex(rows);
    }
    return this.index;
  }

  private read(): CompiledUnit[] {
    const { file } = this.around;
    const units: CompiledUnit[] = [];
    this.troubles.guarded(() => {
      for (const unit of file.units()) {
        const compiled = unit.isType
          ? undefined
          : this.troubles.guarded(() => this.compiled(unit), undefined);
        if (compiled) units.push(compiled);
      }
    }, undefined);
    if (units.length === 0) this.troubles.guarded(() => units.push(...this.linesAlone()), 0);
    return units;
  }

  private compiled(unit: Unit): CompiledUnit | undefined {
    const { root } = unit;
    if (root.tag !== Tag.COMPILE_UNIT && root.tag !== Tag.SKELETON_UNIT) return undefined;
    const programAt = unit.offset(root, Attribute.STMT_LIST);
    const source = programAt !== undefined && {
      programAt,
      folder: unit.text(root, Attribute.COMP_DIR) ?? '',
      addressSize: unit.addressSize,
      isAssembly: ASSEMBLIES.has(unit.number(root, Attribute.LANGUAGE) ?? 0n),
    };
    return {
      unit,
      lines: source ? this.lines(source) : undefined,
      ranges: this.troubles.guarded(() => rangesOf(unit, root), []).filter(this.isLoaded),
    };
  }

  private lines(source: LineSource): UnitLines {
    return new UnitLines(source, this.around);
  }

  private readonly isLoaded = ({ from }: Range): boolean =>
    loadAddressOf(this.around.layout, from) !== undefined;

  /** Programs of lines that no unit stands before. */
  private linesAlone(): CompiledUnit[] {
    const { file, layout } = this.around;
    const cursor = file.cursor(LINES);
    const units: CompiledUnit[] = [];
    while (!cursor.isAtEnd) {
      const programAt = cursor.offset;
      cursor.offset = cursor.unitLength().end;
      const addressSize = layout.bits / 8;
      const lines = this.lines({ programAt, folder: '', addressSize, isAssembly: true });
      units.push({ unit: undefined, lines, ranges: [] });
    }
    return units;
  }
}

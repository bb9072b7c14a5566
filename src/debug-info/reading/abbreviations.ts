import { Cursor, type Section } from './cursor';

/** `.debug_abbrev` (DWARF 5, 7.5.3): what entries of one kind have. */

export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeShape[];
}

export interface AttributeShape {
  readonly name: number;
  readonly form: number;
  readonly implicit: bigint | undefined;
}

const IMPLICIT_CONST = 0x21;

export type Abbreviations = ReadonlyMap<number, Abbreviation>;

/** The tables of a section, each read once. */
export class AbbreviationTables {
  private readonly known = new Map<number, Abbreviations>();

  constructor(private readonly section: Section) {}

  /** @throws DebugInfoError where the table is damaged */
  at(offset: number): Abbreviations {
    const known = this.known.get(offset);
    if (known) return known;
    const table = readTable(new Cursor(this.section, offset));
    this.known.set(offset, table);
    return table;
  }
}

function readTable(cursor: Cursor): Abbreviations {
  const table = new Map<number, Abbreviation>();
  for (;;) {
    const code = cursor.uleb();
    if (code === 0) return table;
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    table.set(code, { tag, hasChildren, attributes: shapes(cursor) });
  }
}

function shapes(cursor: Cursor): AttributeShape[] {
  const attributes: AttributeShape[] = [];
  for (;;) {
    const [name, form] = [cursor.uleb(), cursor.uleb()];
    const implicit = form === IMPLICIT_CONST ? cursor.sleb64() : undefined;
    if (name === 0 && form === 0) return attributes;
    attributes.push({ name, form, implicit });
  }
}

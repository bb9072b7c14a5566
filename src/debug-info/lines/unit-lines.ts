import { LineTable, type LineEntry } from '../../program';
import { loadAddressOf, type ImageLayout } from '../layout';
import type { DebugFile } from '../reading/unit';
import { readLineHeader, type LineHeader, type Origin } from './line-header';
import { lineRows, type LineRow } from './line-program';

export const LINES = '.debug_line';

/** A line number program, and what has to be known of its unit. */
export interface LineSource extends Origin {
  /** Where the program begins in its section. */
  readonly programAt: number;
  /** Its source is assembly: a line is an instruction. */
  readonly isAssembly: boolean;
}

/** What the lines of an image stand on. */
export interface Surroundings {
  readonly file: DebugFile;
  readonly layout: ImageLayout;
  /** The name of a source's file where it can be opened; undefined where there is none. */
  sourceAt(path: string): string | undefined;
}

/** The lines of what was compiled together. Its program is executed when somebody asks for one. */
export class UnitLines {
  private readHeader: LineHeader | undefined;
  private made: { readonly all: LineTable; readonly statements: LineTable } | undefined;

  constructor(
    private readonly source: LineSource,
    private readonly around: Surroundings,
  ) {}

  private get header(): LineHeader {
    if (!this.readHeader) {
      const { file } = this.around;
      const cursor = file.cursor(LINES, this.source.programAt);
      this.readHeader = readLineHeader(cursor, file, this.source);
    }
    return this.readHeader;
  }

  /** Paths of its files, as the compiler knew them. @throws DebugInfoError */
  get paths(): readonly string[] {
    return this.header.files.flatMap((path) => path ?? []);
  }

  /** All its code by address. @throws DebugInfoError */
  get all(): LineTable {
    return this.tables.all;
  }

  /** Where its lines begin, once in each function. @throws DebugInfoError */
  get statements(): LineTable {
    return this.tables.statements;
  }

  /** The path of a file by the number that the unit calls it. */
  pathOf(index: number): string | undefined {
    return this.header.files[index];
  }

  private get tables() {
    if (!this.made) {
      const entries = this.entries();
      this.made = {
        all: new LineTable(entries.filter(({ length }) => length > 0)),
        statements: new LineTable(this.beginnings(entries)),
      };
    }
    return this.made;
  }

  /** A statement that is done in several places of a function, such as a loop's head, begins at the first. */
  private beginnings(entries: readonly LineEntry[]): LineEntry[] {
    const seen = new Set<string>();
    return entries.filter(({ address, chain, compiled }) => {
      const [place] = chain;
      if (compiled !== 'statement' || !place) return compiled === 'instruction';
      const from = this.around.layout.functionAt(address) ?? '';
      const key = `${String(from)} ${place.file}:${String(place.line)}`;
      return !seen.has(key) && seen.add(key);
    });
  }

  /**
   * A statement of which nothing is left but where it was has no length. Where only more of a statement follows at its
   * address, the instructions there are its own, so that whoever stops there stops in it.
   */
  private entries(): LineEntry[] {
    const rows = lineRows(this.around.file.sections.get(LINES), this.header);
    /** The last statement that begins at the address of the present row. */
    let begun: LineRow | undefined;
    return rows.flatMap((row, n) => {
      const end = rows[n + 1]?.address;
      if (rows[n - 1]?.address !== row.address) begun = undefined;
      if (row.endsSequence || end === undefined || end < row.address) return [];
      if (row.isStatement) begun = row;
      const length = Number(end - row.address);
      return length > 0 || row.isStatement ? this.entry(begun ?? row, length) : [];
    });
  }

  private entry(row: LineRow, length: number): LineEntry[] {
    const { address, line, column, isStatement } = row;
    const { layout } = this.around;
    const load = loadAddressOf(layout, address);
    // Functions that the linker has thrown away keep lines, at addresses where nothing is.
    if (load === undefined) return [];
    const file = line > 0 ? this.sourceOf(row.file) : undefined;
    const chain = file === undefined ? [] : [{ file, line, column: Math.max(1, column) }];
    const statement = isStatement ? 'statement' : 'more';
    const compiled = this.source.isAssembly ? 'instruction' : statement;
    const { bits } = layout;
    return [{ kind: 'code', bits, load, address, length, section: '', chain, compiled }];
  }

  private sourceOf(index: number): string | undefined {
    const path = this.header.files[index];
    return path === undefined ? undefined : this.around.sourceAt(path);
  }
}

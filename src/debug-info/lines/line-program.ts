import * as l10n from '@vscode/l10n';
import { Cursor, type Section } from '../reading/cursor';
import type { LineHeader } from './line-header';

/** A row of the table that a line number program makes (DWARF 5, 6.2). */
export interface LineRow {
  readonly address: bigint;
  /** The number of the file in the header. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
  readonly isStatement: boolean;
  /** The address behind the last instruction of a sequence: no row of it comes after. */
  readonly endsSequence: boolean;
}

const Standard = {
  COPY: 1,
  ADVANCE_PC: 2,
  ADVANCE_LINE: 3,
  SET_FILE: 4,
  SET_COLUMN: 5,
  NEGATE_STMT: 6,
  CONST_ADD_PC: 8,
  FIXED_ADVANCE_PC: 9,
} as const;
const Extended = { END_SEQUENCE: 1, SET_ADDRESS: 2 } as const;
/** No source is longer. */
const MOST_LINES = 0x7fff_ffff;

/** The registers of the machine that executes the program. */
class State {
  address = 0n;
  file = 1;
  line = 1;
  column = 0;

  constructor(public isStatement: boolean) {}
}

/** Executes a program. It makes no more rows than it has bytes. @throws DebugInfoError */
export function lineRows(section: Section, header: LineHeader): LineRow[] {
  if (header.maximumOperations > 1) {
    new Cursor(section, header.start).fail(l10n.t('it is for a processor with long instructions'));
  }
  return new LineProgram(new Cursor(section, header.start, header.end), header).run();
}

class LineProgram {
  private readonly rows: LineRow[] = [];
  private state: State;

  constructor(
    private readonly cursor: Cursor,
    private readonly header: LineHeader,
  ) {
    this.state = new State(header.defaultIsStatement);
  }

  run(): LineRow[] {
    const { cursor, header } = this;
    while (!cursor.isAtEnd) {
      const opcode = cursor.u8();
      if (opcode >= header.opcodeBase) this.special(opcode - header.opcodeBase);
      else if (opcode === 0) this.extended();
      else this.standard(opcode);
    }
    return this.rows;
  }

  private special(adjusted: number): void {
    const { lineBase, lineRange } = this.header;
    this.advance(Math.floor(adjusted / lineRange));
    this.advanceLine(lineBase + (adjusted % lineRange));
    this.row();
  }

  private advance(operations: number): void {
    const { addressSize, minimumLength } = this.header;
    const address = this.state.address + BigInt(operations) * BigInt(minimumLength);
    this.state.address = BigInt.asUintN(addressSize * 8, address);
  }

  private advanceLine(by: number): void {
    const line = this.state.line + by;
    if (line < 0 || line > MOST_LINES) this.cursor.fail(l10n.t('there is no such line'));
    this.state.line = line;
  }

  private row(endsSequence = false): void {
    const { address, file, line, column, isStatement } = this.state;
    this.rows.push({ address, file, line, column, isStatement, endsSequence });
  }

  private standard(opcode: number): void {
    const { cursor, header, state } = this;
    switch (opcode) {
      case Standard.COPY:
        this.row();
        break;
      case Standard.ADVANCE_PC:
        this.advance(cursor.uleb());
        break;
      case Standard.ADVANCE_LINE:
        this.advanceLine(cursor.sleb());
        break;
      case Standard.SET_FILE:
        state.file = cursor.uleb();
        break;
      case Standard.SET_COLUMN:
        state.column = cursor.uleb();
        break;
      case Standard.NEGATE_STMT:
        state.isStatement = !state.isStatement;
        break;
      case Standard.CONST_ADD_PC:
        this.advance(Math.floor((255 - header.opcodeBase) / header.lineRange));
        break;
      case Standard.FIXED_ADVANCE_PC:
        state.address += BigInt(cursor.u16());
        break;
      default:
        // What says nothing of lines, and what nobody knows: both are passed over.
        for (let n = header.operands[opcode] ?? 0; n > 0; n--) cursor.uleb64();
    }
  }

  private extended(): void {
    const { cursor, state, header } = this;
    const operation = cursor.part(cursor.uleb());
    if (operation.isAtEnd) return;
    switch (operation.u8()) {
      case Extended.END_SEQUENCE:
        this.row(true);
        this.state = new State(header.defaultIsStatement);
        break;
      case Extended.SET_ADDRESS:
        state.address = operation.unsigned(operation.left);
        break;
      default:
      // Files that are defined here, and discriminators: nobody asks for them.
    }
  }
}

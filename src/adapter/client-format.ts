import type { DebugProtocol } from '@vscode/debugprotocol';

/** How the client counts lines and columns, where ours count from 1, and what it can show. */
export class ClientFormat {
  /** Whether it shows how long something takes. */
  showsProgress = false;
  private firstLine = 1;
  private firstColumn = 1;

  configure(args: DebugProtocol.InitializeRequestArguments): void {
    this.firstLine = args.linesStartAt1 === false ? 0 : 1;
    this.firstColumn = args.columnsStartAt1 === false ? 0 : 1;
    this.showsProgress = args.supportsProgressReporting === true;
  }

  toClientLine(line: number): number {
    return line - 1 + this.firstLine;
  }

  fromClientLine(line: number): number {
    return line - this.firstLine + 1;
  }

  toClientColumn(column: number): number {
    return column - 1 + this.firstColumn;
  }

  fromClientColumn(column: number): number {
    return column - this.firstColumn + 1;
  }
}

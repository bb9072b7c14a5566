import * as l10n from '@vscode/l10n';

/** A place in a source file. Lines and columns count from 1; columns count UTF-16 units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning' | 'information';

/** Another place that belongs to a message, such as the line inside the macro body. */
export interface RelatedLocation extends Location {
  readonly message: string;
}

/** One message about the program. `endColumn` is the column after the last character meant. */
export interface Diagnostic extends Location {
  readonly endColumn: number;
  readonly severity: Severity;
  readonly message: string;
  readonly related?: readonly RelatedLocation[];
}

/** A stretch of one line, as tokens carry it. */
export interface Span extends Location {
  readonly endColumn: number;
}

/** Thrown inside the assembler to give up one statement; the message goes to the user. */
export class SourceError extends Error {
  constructor(
    message: string,
    readonly span?: Span,
  ) {
    super(message);
  }
}

/** Thrown to give up the whole program: a limit was reached, so going on makes no sense. */
export class FatalError extends SourceError {}

/** The most messages kept for one program: what follows is noise. */
const MAX_DIAGNOSTICS = 500;

/** Collects messages, each once. Gives up after too many. */
export class DiagnosticList {
  readonly items: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private added = 0;

  add(diagnostic: Diagnostic): void {
    const { file, line, column, message } = diagnostic;
    const key = `${file}\0${line}\0${column}\0${message}`;
    if (++this.added > MAX_DIAGNOSTICS) {
      throw new FatalError(
        l10n.t('more than {0} messages: the rest of the program is not looked at', MAX_DIAGNOSTICS),
        diagnostic,
      );
    }
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.items.push(diagnostic);
  }

  get hasErrors(): boolean {
    return this.items.some((d) => d.severity === 'error');
  }

  clear(): void {
    this.items.length = 0;
    this.seen.clear();
    this.added = 0;
  }
}

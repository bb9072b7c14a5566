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

/** A line begins with a word that has no meaning, or not yet. */
export class UnknownWord extends SourceError {
  constructor(
    message: string,
    readonly word: string,
    span: Span,
  ) {
    super(message, span);
  }
}

/** Thrown to give up the whole program: a limit was reached, so going on makes no sense. */
export class FatalError extends SourceError {}

/** The most messages kept for one program: what follows is noise. */
const MAX_DIAGNOSTICS = 500;

/** How often errors may be repeated, as by a macro. */
const MAX_REPEATED = 5000;

/** Collects messages, each once. Gives up after too many. */
export class DiagnosticList {
  readonly items: Diagnostic[] = [];
  private readonly seen = new Set<string>();
  private readonly kept: Record<Severity, number> = { error: 0, warning: 0, information: 0 };
  /** Errors, those said before included. */
  private errors = 0;

  /** Keeps a diagnostic unless it was said before. Throws FatalError when there are too many errors to go on. */
  add(diagnostic: Diagnostic): void {
    const { file, line, column, message, severity } = diagnostic;
    if (severity === 'error' && ++this.errors > MAX_REPEATED) throw tooMany(diagnostic);
    const key = `${file}\0${line}\0${column}\0${message}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const count = ++this.kept[severity];
    if (count <= MAX_DIAGNOSTICS) this.items.push(diagnostic);
    else if (severity === 'error') throw tooMany(diagnostic);
    else if (count === MAX_DIAGNOSTICS + 1) {
      const last = l10n.t('more than {0} warnings: the others are not shown', MAX_DIAGNOSTICS);
      this.items.push({ ...diagnostic, message: last });
    }
  }

  get hasErrors(): boolean {
    return this.kept.error > 0;
  }

  clear(): void {
    this.items.length = 0;
    this.seen.clear();
    for (const severity of ['error', 'warning', 'information'] as const) this.kept[severity] = 0;
    this.errors = 0;
  }
}

const tooMany = (span: Span): FatalError =>
  new FatalError(
    l10n.t('more than {0} messages: the rest of the program is not looked at', MAX_DIAGNOSTICS),
    span,
  );

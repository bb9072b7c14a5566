import { diagnose } from './diagnose';
import { DiagnosticList, type Diagnostic, type Severity, type Span } from './diagnostics';

/** The messages about a program. Those about values belong to one pass; those of preprocessor and parser stay. */
export class Messages {
  readonly list = new DiagnosticList();
  private readonly lasting = new DiagnosticList();
  /** Where the line being assembled comes from. */
  chain: readonly Span[] = [];

  /** @param afresh whether the source is preprocessed and parsed again in this pass */
  beginPass(afresh: boolean): void {
    this.list.clear();
    if (afresh) this.lasting.clear();
    for (const item of this.lasting.items) this.list.add(item);
  }

  /** Those that do not depend on values: all there are when the first pass is given up. */
  get lastingItems(): readonly Diagnostic[] {
    return this.lasting.items;
  }

  /** A message of preprocessor or parser. */
  report(
    severity: Severity,
    message: string,
    span: Span | undefined,
    chain: readonly Span[],
  ): void {
    const diagnostic = diagnose(severity, message, span, chain);
    this.lasting.add(diagnostic);
    this.list.add(diagnostic);
  }

  warn(message: string, span: Span | undefined): void {
    this.list.add(diagnose('warning', message, span, this.chain));
  }

  error(message: string, span: Span | undefined, chain = this.chain): void {
    this.list.add(diagnose('error', message, span, chain));
  }
}

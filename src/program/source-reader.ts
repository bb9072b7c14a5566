import type { AssemblerInput } from './assembler-types';
import type { Assembler } from './assembler';
import { FatalError, SourceError, type Severity, type Span } from './diagnostics';
import type { Scope } from './evaluate';
import { candidatePaths } from './files';
import { parseLabelAlone, parseStatement } from './parser';
import { Preprocessor, type PreprocessorHost } from './preprocessor/preprocessor';
import type { Recorder } from './recorder';
import type { Statement } from './statement';
import type { TokenLine } from './tokens';

/** From files to statements: runs the preprocessor and parses what it gives. */
export class SourceReader implements PreprocessorHost {
  private preprocessor: Preprocessor | undefined;

  constructor(
    private readonly assembler: Assembler,
    private readonly input: AssemblerInput,
  ) {}

  /** Statement by statement; what cannot be parsed is reported and, but for its label, left out. */
  *statements(): Generator<Statement> {
    const { entry, cache, prologue, recorder } = this.input;
    const { names, messages } = this.assembler;
    recorder?.begin();
    names.recorder = recorder;
    this.preprocessor = new Preprocessor(this, entry, [...prologue, ...cache.lines(entry)]);
    for (;;) {
      names.preprocessing = true;
      const line = this.preprocessor.next();
      names.preprocessing = false;
      if (!line) {
        names.recorder = undefined;
        return;
      }
      let statement: Statement | undefined;
      try {
        statement = parseStatement(line.tokens, line.chain);
      } catch (error) {
        if (!(error instanceof SourceError) || error instanceof FatalError) throw error;
        messages.report('error', error.message, error.span ?? line.tokens[0], line.chain);
        statement = parseLabelAlone(line.tokens, line.chain);
      }
      if (statement) yield statement;
    }
  }

  /** The names of the single-line macros, for suggestions. */
  macroNames(): readonly string[] {
    return this.preprocessor?.macros.names() ?? [];
  }

  /** The names of the macros that stand on lines of their own, for suggestions. */
  multiLineMacroNames(): readonly string[] {
    return this.preprocessor?.multiLine.names() ?? [];
  }

  /** A file named in the source, looked for beside `from` and in the include folders. */
  file(
    name: string,
    from: string,
  ): { readonly path: string; readonly bytes: Uint8Array } | undefined {
    const { entry, cache, includeFolders } = this.input;
    return cache.find(candidatePaths(name, from, entry, includeFolders));
  }

  // --- PreprocessorHost -------------------------------------------------------------------------------------------

  open(name: string, from: string): { path: string; lines: readonly TokenLine[] } | undefined {
    const found = this.file(name, from);
    if (!found) return undefined;
    return { path: found.path, lines: this.input.cache.lines(found.path) };
  }

  find(name: string, from: string): string | undefined {
    return this.file(name, from)?.path;
  }

  environment(name: string): string | undefined {
    return this.input.environment[name];
  }

  get now(): Date {
    return this.input.now;
  }

  report(severity: Severity, message: string, span: Span, chain: readonly Span[]): void {
    this.assembler.messages.report(severity, message, span, chain);
  }

  get recorder(): Recorder | undefined {
    return this.input.recorder;
  }

  get scope(): Scope {
    return this.assembler.names;
  }

  get bits(): number {
    return this.assembler.bits;
  }

  get sectionText(): string {
    return this.assembler.output.named;
  }
}

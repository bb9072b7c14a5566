import type { AssemblerInput } from './assembler-types';
import type { Assembler } from './assembler';
import { FatalError, SourceError, UnknownWord, type Severity, type Span } from './diagnostics';
import type { Scope } from './evaluate';
import { candidatePaths } from './candidate-paths';
import type { FoundFile } from './file-cache';
import { fileTroubleText } from './file-trouble';
import { LateDefinitions } from './late-definitions';
import { quote } from './literals';
import { parseLabelAlone, parseStatement } from './parser';
import { Preprocessor, type PreprocessorHost } from './preprocessor/preprocessor';
import type { Recorder } from './recorder';
import { isFileTrouble, type FilePart } from './source-files';
import type { Statement } from './statement';
import type { TokenLine } from './tokens';

/** From files to statements: runs the preprocessor and parses what it gives. */
export class SourceReader implements PreprocessorHost {
  private preprocessor: Preprocessor | undefined;
  readonly late = new LateDefinitions(() => this.input.cache.allLines());

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
        statement = parseStatement(line.tokens, line.chain, (message, span) => {
          messages.report('warning', message, span, line.chain);
        });
      } catch (error) {
        if (!(error instanceof SourceError) || error instanceof FatalError) throw error;
        const place = error.span ?? line.tokens[0];
        messages.report('error', this.wordsOf(error), place, line.chain);
        statement = parseLabelAlone(line.tokens, line.chain);
      }
      if (statement) yield statement;
    }
  }

  private wordsOf(error: SourceError): string {
    const { message, span } = error;
    const late = error instanceof UnknownWord && span && this.late.explain(error.word, span);
    return late || message;
  }

  /** The names of the single-line macros, for suggestions. */
  macroNames(): readonly string[] {
    return this.preprocessor?.macros.names() ?? [];
  }

  /** The names of the macros that stand on lines of their own, for suggestions. */
  multiLineMacroNames(): readonly string[] {
    return this.preprocessor?.multiLine.names() ?? [];
  }

  /**
   * A file named in the source at `span`, or part of it, looked for beside `from` and in the include folders. Throws
   * SourceError that says why there is none.
   */
  file(name: string, from: string, span: Span, part?: FilePart): FoundFile {
    const { entry, cache, includeFolders } = this.input;
    const paths = candidatePaths(name, from, entry, includeFolders);
    return told(name, span, () => cache.find(paths, part));
  }

  // --- PreprocessorHost -------------------------------------------------------------------------------------------

  open(name: string, from: string, span: Span): { path: string; lines: readonly TokenLine[] } {
    const { path } = this.file(name, from, span);
    return { path, lines: told(name, span, () => this.input.cache.lines(path)) };
  }

  find(name: string, from: string, span: Span): string | undefined {
    try {
      return this.file(name, from, span).path;
    } catch (error) {
      if (error instanceof SourceError) return undefined;
      throw error;
    }
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

/** Does `look` for a file and tells what keeps it from being read in the user's words. */
function told<T>(name: string, span: Span, look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!isFileTrouble(error)) throw error;
    throw new SourceError(fileTroubleText(quote(name), error), span);
  }
}

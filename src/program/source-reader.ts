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
import { Preprocessor, type PreprocessorHost, type SourceLine } from './preprocessor/preprocessor';
import type { Recorder } from './recorder';
import { isFileTrouble, type FilePart } from './source-files';
import type { Statement } from './statement';
import type { Token, TokenLine } from './tokens';

/** From files to statements: runs the preprocessor and parses what it gives. */
export class SourceReader implements PreprocessorHost {
  private preprocessor: Preprocessor | undefined;
  /** Lines of bodies that were parsed before, without a warning. */
  private readonly parsed = new Map<readonly Token[], Statement>();
  readonly late = new LateDefinitions(() => this.input.cache.allLines());

  constructor(
    private readonly assembler: Assembler,
    private readonly input: AssemblerInput,
  ) {}

  /** Statement by statement; what cannot be parsed is reported and, but for its label, left out. */
  *statements(): Generator<Statement> {
    const { entry, cache, prologue, recorder } = this.input;
    const { names, messages } = this.assembler;
    this.parsed.clear();
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
        statement = this.parse(line);
      } catch (error) {
        if (!(error instanceof SourceError) || error instanceof FatalError) throw error;
        const place = error.span ?? line.tokens[0];
        messages.report('error', this.wordsOf(error), place, line.chain);
        statement = parseLabelAlone(line.tokens, line.chain);
      }
      if (statement) yield statement;
    }
  }

  private parse({ tokens, chain, repeated }: SourceLine): Statement {
    const before = repeated ? this.parsed.get(tokens) : undefined;
    if (before) return { ...before, chain, decision: undefined };
    let warned = false;
    const statement = parseStatement(tokens, chain, (message, span) => {
      warned = true;
      this.assembler.messages.report('warning', message, span, chain);
    });
    if (repeated && !warned) this.parsed.set(tokens, statement);
    return statement;
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

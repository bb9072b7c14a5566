import * as l10n from '@vscode/l10n';
import { Cursor } from '../cursor';
import { FatalError, SourceError, type Severity, type Span } from '../diagnostics';
import { evaluate, type Scope } from '../evaluate';
import { parseExpression } from '../expression-parser';
import { type Token, type TokenLine } from '../tokens';
import type { Recorder } from '../recorder';
import { isScalar, type Value } from '../value';
import { builtinMacro } from './builtins';
import { conditionalLine } from './conditional-lines';
import { DIRECTIVE_HANDLERS, suggestDirective } from './directives';
import { isActive, makeFrame, placedByOrigin, type Frame } from './frames';
import { startMacroCall } from './macro-calls';
import { MacroTable } from './macro-table';
import { substitute } from './multi-line-macros';
import { pasteAdjacent } from './paste';
import { SingleLineMacros } from './single-line-macros';
import { Expander, type ExpansionHost } from './expander';
import { holds } from './conditionals';
import { defaultStack } from './stack-model';

/** A line ready for the parser, and where it comes from (the source first, then macro bodies). */
export interface SourceLine {
  readonly tokens: readonly Token[];
  readonly chain: readonly Span[];
  /** The tokens are those of a macro's or a repetition's body as it is written, so that they come again. */
  readonly repeated: boolean;
}

/** What the preprocessor needs from the assembler around it. */
export interface PreprocessorHost {
  /** The lines of an included file, which is named at `span`. Throws SourceError that says why there are none. */
  open(
    name: string,
    from: string,
    span: Span,
  ): { readonly path: string; readonly lines: readonly TokenLine[] };
  /** Labels and `$`, which conditions may use. */
  readonly scope: Scope;
  readonly bits: number;
  /** The path of a file as `open` would find it; undefined when there is none. */
  find(name: string, from: string, span: Span): string | undefined;
  /** The value of an environment variable. */
  environment(name: string): string | undefined;
  /** When the program is assembled. */
  readonly now: Date;
  readonly recorder: Recorder | undefined;
  /** The section named last, for `__SECT__`. */
  readonly sectionText: string;
  report(severity: Severity, message: string, span: Span, chain: readonly Span[]): void;
}

/** An entry of the context stack (NASM manual 4.8). */
export interface Context {
  readonly name: string;
  readonly id: number;
}

/** The most lines that macros and repetitions may produce, and how deep calls and includes may nest. */
const MAX_LINES = 400_000;
/** As many more for each line of the source: a large program with large macros is no mistake. */
const MAX_LINES_EACH = 300;
/** They may leave out so many times more lines, which costs less. */
const SKIPPED = 10;
const MAX_DEPTH = 200;
const MAX_INCLUDES = 64;

/** NASM's preprocessor: gives the program line by line with all macros expanded (NASM manual, chapter 4). */
export class Preprocessor implements ExpansionHost {
  readonly macros: SingleLineMacros;
  private readonly expander: Expander;
  readonly multiLine = new MacroTable();
  readonly contexts: Context[] = [];
  readonly packages = new Set<string>();
  /** Files that were included so far. */
  readonly included = new Set<string>();
  stack = defaultStack();
  private readonly frames: Frame[] = [];
  private chain: readonly Span[] = [];
  private unique = 0;
  private produced = 0;
  private skipped = 0;
  /** Lines of files that were included before. */
  private again = 0;
  private allowed = MAX_LINES;
  /** The files read so far. */
  private readonly sources = new Set<string>();
  /** A label before a macro call, to be given out before the call's lines. */
  private waiting: SourceLine | undefined;

  constructor(
    readonly host: PreprocessorHost,
    path: string,
    lines: readonly TokenLine[],
  ) {
    this.macros = new SingleLineMacros(host.recorder);
    this.expander = new Expander(this.macros, this);
    this.push(makeFrame('file', lines, path, [], undefined));
  }

  get frame(): Frame {
    const frame = this.frames[this.frames.length - 1];
    if (!frame) throw new FatalError('no input left');
    return frame;
  }

  get context(): Context | undefined {
    return this.contexts[this.contexts.length - 1];
  }

  nextUnique(): number {
    return ++this.unique;
  }

  expand(tokens: readonly Token[]): readonly Token[] {
    return this.expander.expand(tokens);
  }

  isDefined(name: string): boolean {
    return this.macros.find(name).length > 0 || this.builtin(name) !== undefined;
  }

  builtin(name: string): string | undefined {
    return builtinMacro(name, this.chain[0], this);
  }

  get recorder(): Recorder | undefined {
    return this.host.recorder;
  }

  environment(name: string): string | undefined {
    return this.host.environment(name);
  }

  holds(condition: string, args: readonly Token[], place: Token): boolean {
    return holds(this, condition, args, place);
  }

  warn(message: string, span: Span): void {
    this.report('warning', message, span);
  }

  /** The line being processed, in the innermost macro's body if it comes from one. */
  get place(): Span | undefined {
    return this.chain[this.chain.length - 1];
  }

  /** Gives out these tokens as a line before anything else. */
  giveFirst(tokens: readonly Token[]): void {
    this.waiting = { tokens, chain: this.chain, repeated: false };
  }

  report(severity: Severity, message: string, span: Span): void {
    this.host.report(severity, message, span, this.chain);
  }

  /** The next line of the program, or undefined at its end. Errors are reported and their lines left out. */
  next(): SourceLine | undefined {
    for (;;) {
      const frame = this.frames[this.frames.length - 1];
      if (!frame) return undefined;
      const own = frame.lines[frame.index++];
      if (!own) {
        this.endOfFrame(frame);
        continue;
      }
      frame.line = own[0]?.line ?? frame.line;
      const line = frame.origin ? placedByOrigin(own, frame.origin) : own;
      const [first] = line;
      if (!first) continue;
      if (frame.kind !== 'file') this.count(isActive(frame));
      if (first.kind !== 'pre' && !isActive(frame)) continue;
      this.chain = [...frame.callers, first];
      try {
        const result = this.process(frame, line, first);
        if (result) return result;
        if (this.waiting) {
          const label = this.waiting;
          this.waiting = undefined;
          return label;
        }
      } catch (error) {
        if (!(error instanceof SourceError) || error instanceof FatalError) throw error;
        this.report('error', error.message, error.span ?? first);
      }
    }
  }

  /** Counts what macros and repetitions produce, so that they cannot go on for ever. */
  private count(active: boolean): void {
    if (active) this.produced++;
    else this.skipped++;
    if (this.produced > this.allowed || this.skipped > SKIPPED * this.allowed) {
      throw new FatalError(
        l10n.t('macros and repetitions produce more than {0} lines', this.allowed),
        this.chain[0],
      );
    }
  }

  /** Counts the lines of a file, and itself: those of one that was read before are repetitions. */
  private countFile({ path, lines: { length } }: Frame): void {
    if (!this.sources.has(path)) this.allowed += MAX_LINES_EACH * length;
    else if ((this.again += length + 1) > MAX_LINES) {
      throw new FatalError(
        l10n.t(
          '`{0}` is included again and again: files that were read before give more than {1} lines',
          path,
          MAX_LINES,
        ),
        this.chain[0],
      );
    }
    this.sources.add(path);
  }

  private process(frame: Frame, line: TokenLine, first: Token): SourceLine | undefined {
    if (!isActive(frame)) {
      if (first.kind === 'pre') conditionalLine(this, frame, first, line);
      return undefined;
    }
    this.host.recorder?.line(first);
    const tokens = this.ownTokens(frame, line);
    const [head] = tokens;
    if (!head) return undefined;
    if (head.kind === 'pre' && this.directive(frame, head, tokens)) return undefined;
    const expanded = this.expand(tokens);
    const blank = expanded.length < line.length;
    if (expanded.length === 0 || startMacroCall(this, frame, expanded, blank)) return undefined;
    return {
      tokens: expanded,
      chain: this.chain,
      repeated: expanded === line && frame.kind !== 'file',
    };
  }

  /** Puts in macro parameters and the names of context-local labels. */
  ownTokens(frame: Frame, line: TokenLine): readonly Token[] {
    if (!line.some((token) => token.kind === 'pre')) return line;
    const own = frame.call ? substitute(line, frame.call) : line;
    if (!own.some((token) => token.kind === 'pre' && /^%[$[]/.test(token.text))) return own;
    // `%[…]` is expanded even in directives (NASM manual 4.1.3); elsewhere expansion gets to it anyway.
    const direct = own[0]?.kind === 'pre' && /^%[A-Za-z]/.test(own[0].text);
    // The body of a `%define` is looked at where it is used.
    const lazy = direct && /^%i?define$/i.test(own[0]?.text ?? '');
    const defines = direct && !/macro$/i.test(own[0]?.text ?? '');
    const named = own.flatMap((token, i) => {
      if (token.kind !== 'pre') return token;
      if (token.text.startsWith('%$'))
        return lazy && i > 1 ? token : this.contextToken(token, own[i + 1], i === 1 && defines);
      return direct && token.text.startsWith('%[') ? this.expand([token]) : token;
    });
    return pasteAdjacent(named);
  }

  /** A context's macro is put in at once where what follows is joined to it, as in `%{$name}_size`. */
  private contextToken(
    token: Token,
    next: Token | undefined,
    defining: boolean,
  ): Token | readonly Token[] {
    const name = this.contextName(token);
    const joined = next !== undefined && !next.space && /^(id|number)$/.test(next.kind);
    return joined && !defining && this.macros.has(name.text) ? this.expand([name]) : name;
  }

  contextName(token: Token): Token {
    const match = /^%(\$+)(.*)$/.exec(token.text);
    const level = match?.[1]?.length ?? 1;
    const context = this.contexts[this.contexts.length - level];
    if (!context) {
      throw new SourceError(
        l10n.t('`{0}` needs {1} context(s) on the stack (`%push`)', token.text, level),
        token,
      );
    }
    return { ...token, kind: 'id', text: `..@${context.id}.${match?.[2] ?? ''}` };
  }

  private directive(frame: Frame, token: Token, tokens: readonly Token[]): boolean {
    if (!/^%[A-Za-z]/.test(token.text)) return false;
    if (conditionalLine(this, frame, token, tokens)) return true;
    const handler = DIRECTIVE_HANDLERS[token.text.slice(1).toLowerCase()];
    if (!handler) {
      throw new SourceError(suggestDirective(token.text), token);
    }
    handler(this, tokens.slice(1), token);
    return true;
  }

  private endOfFrame(frame: Frame): void {
    for (const { token } of frame.conditions) {
      this.chain = [...frame.callers, token];
      this.report('error', l10n.t('`{0}` has no `%endif`', token.text), token);
    }
    frame.conditions.length = 0;
    if (frame.kind === 'repeat' && --frame.rounds > 0) {
      frame.index = 0;
      this.count(true);
      return;
    }
    this.frames.pop();
    if (frame.kind === 'macro' && frame.call) frame.call.macro.active--;
  }

  /** Leaves the innermost frame of a kind (`%exitrep`, `%exitmacro`); false when there is none. */
  leave(kind: Frame['kind']): boolean {
    if (!this.frames.some((frame) => frame.kind === kind)) return false;
    for (;;) {
      const frame = this.frames.pop();
      if (!frame) return false;
      if (frame.kind === 'macro' && frame.call) frame.call.macro.active--;
      if (frame.kind === kind) return true;
    }
  }

  push(frame: Frame): void {
    if (this.frames.length >= MAX_DEPTH) throw this.tooDeep();
    const files = this.frames.filter((f) => f.kind === 'file').length;
    if (frame.kind === 'file' && files >= MAX_INCLUDES) {
      throw new FatalError(
        l10n.t(
          'files include each other more than {0} deep: does one include itself?',
          MAX_INCLUDES,
        ),
        this.chain[this.chain.length - 1],
      );
    }
    if (frame.kind === 'file') this.countFile(frame);
    this.frames.push(frame);
  }

  private tooDeep(): FatalError {
    return new FatalError(
      l10n.t('macros and repetitions are nested more than {0} deep', MAX_DEPTH),
      this.chain[0],
    );
  }

  /** Takes the lines up to the directive that closes `open`, counting nested ones. */
  collect(open: Token, opening: RegExp, closing: RegExp): TokenLine[] {
    const { frame } = this;
    const body: TokenLine[] = [];
    let depth = 1;
    for (;;) {
      const line = frame.lines[frame.index++];
      if (!line) {
        const end = open.text.toLowerCase() === '%rep' ? '%endrep' : '%endmacro';
        throw new SourceError(l10n.t('`{0}` has no `{1}`', open.text, end), open);
      }
      const [head] = line;
      if (head?.kind === 'pre') {
        if (opening.test(head.text)) {
          if (++depth > MAX_DEPTH) throw this.tooDeep();
        } else if (closing.test(head.text) && --depth === 0) return body;
      }
      body.push(line);
    }
  }

  /** The value of an expression that must be a number here and now. */
  evaluate(tokens: readonly Token[], directive: Token | undefined): bigint {
    const line = directive ??
      tokens[0] ??
      this.chain[0] ?? { file: '', line: 1, column: 1, endColumn: 1 };
    const cursor = new Cursor(this.expand(tokens), line);
    const expression = parseExpression(cursor);
    cursor.expectEnd();
    const value: Value = evaluate(expression, this.host.scope);
    if (!isScalar(value)) {
      throw new SourceError(
        l10n.t('this must be a plain number; the address of a label is not known yet'),
        expression.span,
      );
    }
    return value.n;
  }

  /** Tokens that spell a number, at the place of `like`. */
  numberTokens(n: bigint, like: Token | undefined): Token[] {
    const { file = '', line = 1, column = 1, endColumn = 1 } = like ?? {};
    const place = { file, line, column, endColumn };
    const digits: Token = {
      kind: 'number',
      text: String(n < 0n ? -n : n),
      space: n >= 0n,
      ...place,
    };
    return n < 0n ? [{ kind: 'op', text: '-', space: true, ...place }, digits] : [digits];
  }
}

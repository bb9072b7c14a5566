import type { SymbolInfo } from '../program';
import type { Analysis } from './analysis';
import type { Entity, Occurrence } from './entity';
import { shapeOf, type LineShape } from './line-shape';
import { modeAt, type Bits } from './mode';
import type { SourceText } from './text';

/**
 * One file as the editor has it now, with what is known about its program. The analysis may be that of an older text while
 * a person types, or missing.
 */
export class FileView {
  constructor(
    readonly text: SourceText,
    readonly analysis: Analysis | undefined,
  ) {}

  get file(): string {
    return this.text.file;
  }

  /** Whether places in the analysis are places in the text. */
  get current(): boolean {
    return this.analysis?.texts.get(this.file)?.text === this.text.text;
  }

  readonly isMacro = (name: string): boolean => this.macro(name) !== undefined;

  /** The multi-line macro of that name. */
  macro(name: string): Entity | undefined {
    const { index } = this.analysis ?? {};
    return index?.named('macro', name) ?? index?.named('macro', name.toLowerCase());
  }

  shape(line: number): LineShape {
    return shapeOf(this.text.tokens[line] ?? [], this.isMacro);
  }

  bits(line: number): Bits {
    return modeAt(this.text, line, this.analysis);
  }

  /** The label that local labels belong to in a line (from 0). */
  parentAt(line: number): string {
    for (let above = line; above >= 0; above--) {
      const name = this.shape(above).label?.text;
      if (name !== undefined && /^\$?[A-Za-z_?@]/.test(name)) return name.replace(/^\$/, '');
    }
    return '';
  }
}

/** What the assembler made of a symbol. */
export function symbolInfo(analysis: Analysis, entity: Entity): SymbolInfo | undefined {
  for (const name of entity.names) {
    const info = analysis.assembly.symbols.get(name);
    if (info) return info;
  }
  return undefined;
}

/** Comments above a definition and behind it on its line, as its writer left them. */
export function commentsOf(analysis: Analysis, { span }: Occurrence): string {
  const text = analysis.texts.get(span.file);
  if (!text) return '';
  const lines: string[] = [];
  const own = commentIn(text, span.line - 1);
  if (own !== undefined && own !== '') lines.push(own);
  const above: string[] = [];
  for (let line = span.line - 2; line >= 0 && above.length < 20; line--) {
    if (!/^\s*;/.test(text.line(line))) break;
    above.unshift(commentIn(text, line) ?? '');
  }
  return [...above, ...lines].filter((line) => !/^[-=*_#~─ ]*$/.test(line)).join('\n');
}

/** The comment of a line, without its semicolons. */
function commentIn(text: SourceText, line: number): string | undefined {
  const tokens = text.tokens[line] ?? [];
  const end = (tokens[tokens.length - 1]?.endColumn ?? 1) - 1;
  const match = /^\s*;+\s?(.*)$/.exec(text.line(line).slice(end));
  return match?.[1]?.trimEnd();
}

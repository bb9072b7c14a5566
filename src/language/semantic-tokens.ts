import type { Occurrence } from './entity';
import { holdsCode } from './outline';
import type { TOKEN_MODIFIERS, TokenType } from './token-types';
import type { FileView } from './program-view';
import type { Analysis } from './analysis';

/** A coloured stretch of a line. */
export interface SemanticToken {
  readonly line: number;
  readonly character: number;
  readonly length: number;
  readonly type: TokenType;
  readonly modifiers: readonly (typeof TOKEN_MODIFIERS)[number][];
}

/** What the names in a file are; and the lines that are not assembled, which are shown like comments. */
export function semanticTokensOf(view: FileView): SemanticToken[] {
  const { analysis, file } = view;
  if (!analysis || !view.current) return [];
  const tokens: SemanticToken[] = [];
  const skipped = skippedLines(view);
  for (const line of skipped) {
    const text = view.text.line(line);
    const character = text.length - text.trimStart().length;
    const length = text.trimEnd().length - character;
    if (length > 0) tokens.push({ line, character, length, type: 'comment', modifiers: [] });
  }
  for (const occurrence of analysis.index.in(file)) {
    const { span, definition } = occurrence;
    const line = span.line - 1;
    const type = typeOf(analysis, occurrence);
    if (!type || skipped.has(line)) continue;
    tokens.push({
      line,
      character: span.column - 1,
      length: span.endColumn - span.column,
      type,
      modifiers: [
        ...(definition ? (['declaration'] as const) : []),
        ...(type === 'enumMember' ? (['readonly'] as const) : []),
      ],
    });
  }
  return [...tokens, ...parameters(view)].sort(
    (a, b) => a.line - b.line || a.character - b.character,
  );
}

/** Macro parameters, `%1` and its kin. */
function parameters(view: FileView): SemanticToken[] {
  return view.text.tokens.flatMap((tokens) =>
    tokens
      .filter((t) => t.kind === 'pre' && /^%[-+]?\d+$/.test(t.text))
      .map((t) => ({
        line: t.line - 1,
        character: t.column - 1,
        length: t.endColumn - t.column,
        type: 'parameter' as const,
        modifiers: [],
      })),
  );
}

function typeOf(analysis: Analysis, { entity }: Occurrence): TokenType | undefined {
  switch (entity.what) {
    case 'label':
    case 'local': {
      const span = entity.definitions[0]?.span;
      if (!span) return undefined;
      return holdsCode(analysis, span.file, span.line) ? 'function' : 'variable';
    }
    case 'equ':
      return 'enumMember';
    case 'structure':
      return 'struct';
    case 'field':
      return 'property';
    case 'define':
    case 'macro':
      return entity.definitions.length > 0 ? 'macro' : undefined;
    case 'section':
      return 'namespace';
    case 'file':
      return undefined;
  }
}

/** Lines (from 0) within conditions that do not hold. Bodies of macros that nobody calls are not among them. */
function skippedLines(view: FileView): Set<number> {
  const skipped = new Set<number>();
  const { analysis, file } = view;
  let macros = 0;
  let conditions = 0;
  view.text.tokens.forEach((tokens, line) => {
    const word = tokens[0]?.kind === 'pre' ? tokens[0].text.toLowerCase() : '';
    if (/^%(i|r|ri|ir)?macro$/.test(word)) macros++;
    else if (/^%endm(acro)?$/.test(word)) macros--;
    else if (/^%if/.test(word)) conditions++;
    else if (word === '%endif') conditions--;
    else if (tokens.length > 0 && conditions > 0 && macros <= 0 && !/^%el/.test(word)) {
      if (!analysis?.isAssembled(file, line + 1) && !hasEntry(analysis, file, line))
        skipped.add(line);
    }
  });
  return skipped;
}

const hasEntry = (analysis: Analysis | undefined, file: string, line: number): boolean =>
  (analysis?.assembly.lines.of(file, line + 1).length ?? 0) > 0;

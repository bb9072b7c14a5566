import type { LineEntry } from '../program';
import { isOp } from '../program/tokens';
import type { Analysis } from './analysis';
import type { SourceText } from './text';

export type Bits = 16 | 32 | 64;

/** The mode that a line itself sets: `bits 32`, `[bits 32]`, `use16`. */
function modeSet(text: SourceText, line: number): Bits | undefined {
  const tokens = text.tokens[line] ?? [];
  const [head, value] = isOp(tokens[0], '[') ? tokens.slice(1) : tokens;
  const word = head?.text.toLowerCase();
  const bits = word === 'bits' ? value?.text : /^use(16|32|64)$/.exec(word ?? '')?.[1];
  return bits === '16' || bits === '32' || bits === '64' ? (Number(bits) as Bits) : undefined;
}

/** What was assembled from a line itself, not from a macro that it calls. */
export function entryOf(
  analysis: Analysis | undefined,
  file: string,
  line: number,
): LineEntry | undefined {
  return analysis?.assembly.lines.of(file, line + 1).find(({ chain }) => {
    const own = chain[chain.length - 1];
    return own?.file === file && own.line === line + 1;
  });
}

/** The mode in which a line (from 0) is assembled: 16 bits unless something above it says otherwise. */
export function modeAt(text: SourceText, line: number, analysis: Analysis | undefined): Bits {
  for (let above = line; above >= 0; above--) {
    const set = modeSet(text, above);
    if (set) return set;
    const entry = entryOf(analysis, text.file, above);
    if (entry) return entry.bits;
  }
  return analysis?.assembly.lines.of(text.file, line + 1)[0]?.bits ?? 16;
}

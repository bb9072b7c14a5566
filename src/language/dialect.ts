/** Assemblers whose source is not NASM's, though their files have the same names. */
export type Dialect = 'MASM' | 'GNU as' | 'FASM';

export interface ForeignLine {
  readonly dialect: Dialect;
  /** The line (from 0) that shows it. */
  readonly line: number;
}

/** Lines that NASM would never take and that begin nearly every program of the other assembler. */
const SIGNS: readonly (readonly [Dialect, RegExp])[] = [
  [
    'MASM',
    /^\s*(\.(model\s+\w+|stack\s+\w+h?|(code|data\??|const|[1-6]86p?|xmm)\s*$)|include\s+\w+\.inc\b|includelib\b|end\s+\w+\s*$|\w+\s+(proc|endp|segment|ends)\b|assume\s+\w+:|invoke\s)/i,
  ],
  [
    'GNU as',
    /^\s*(\.(globl|global|section|text|long|quad|ascii|asciz|string|type|size|byte|word|align|balign|p2align|intel_syntax|att_syntax|code(16|32|64)|equ|set)\b|\w+[bwlq]?\s+[^;]*%(e|r)?(ax|bx|cx|dx|si|di|sp|bp)\b)/,
  ],
  [
    'FASM',
    /^\s*(format\s+(pe|elf|elf64|binary|mz|coff)\b|entry\s+\w+\s*$|segment\s+(readable|writeable|executable)\b|section\s+'[^']*'\s+(code|data|import|readable))/i,
  ],
];

/** The lines that are looked at. */
const LOOK_AT = 400;

/**
 * The other assembler that a source is written for, by at least two of its lines. Undefined for
 * NASM's own, also with errors in it.
 */
export function foreignDialect(lines: readonly string[]): ForeignLine | undefined {
  const found = new Map<Dialect, number[]>();
  lines.slice(0, LOOK_AT).forEach((text, line) => {
    const code = text.replace(/;.*$/, '');
    for (const [dialect, sign] of SIGNS)
      if (sign.test(code)) found.set(dialect, [...(found.get(dialect) ?? []), line]);
  });
  for (const [dialect, places] of found)
    if (places.length >= 2 && places[0] !== undefined) return { dialect, line: places[0] };
  return undefined;
}

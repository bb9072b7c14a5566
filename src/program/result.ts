import type { Assembler } from './assembler';
import type { AssemblerInput } from './assembler-types';
import type { Assembly, LineEntry, SymbolInfo } from './assembly';
import type { Diagnostic, Location, Span } from './diagnostics';
import { LineTable } from './line-table';
import { SymbolTable } from './symbol-table';
import { isRelocatable, resolve } from './value';

const EMPTY = { lines: [], symbols: [] } as const;

/** The result for a program that could not be assembled to its end. */
export function failed(input: AssemblerInput, diagnostics: readonly Diagnostic[]): Assembly {
  return {
    image: new Uint8Array(0),
    origin: 0n,
    hasOrigin: false,
    bits: 16,
    lines: new LineTable(EMPTY.lines),
    symbols: new SymbolTable(EMPTY.symbols),
    diagnostics,
    files: input.cache.found,
  };
}

function bySourceOrder(files: readonly string[]): (a: Diagnostic, b: Diagnostic) => number {
  return (a, b) =>
    files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column;
}

/** What an assembler that has run all passes made. */
export function finish(assembler: Assembler, input: AssemblerInput): Assembly {
  const origin = assembler.imageOrigin;
  const diagnostics = assembler.messages.list;
  let image = new Uint8Array(0);
  if (!diagnostics.hasErrors) image = assembler.output.sections.image(origin) as typeof image;
  const placeOf = places();
  const chains = new Map<readonly Span[], readonly Location[]>();
  const lines = assembler.output.runs.map((run): LineEntry => {
    const { kind, bits, section, length } = run;
    const chain = chains.get(run.chain) ?? run.chain.map(placeOf);
    chains.set(run.chain, chain);
    const offset = BigInt(run.offset);
    return {
      kind,
      bits,
      length,
      chain,
      section: section.name,
      load: section.start + offset,
      address: BigInt.asUintN(64, (section.address ?? 0n) + offset),
    };
  });
  const symbols = [...assembler.names.symbols.entries.values()].map(
    ({ name, kind, value, span, chain }): SymbolInfo => ({
      name,
      kind,
      value: resolve(value),
      section: isRelocatable(value) ? sectionOf(value) : undefined,
      location: place(chain[0] && !sameLine(chain[0], span) ? chain[0] : span),
    }),
  );
  return {
    image,
    origin,
    hasOrigin: assembler.origin !== undefined,
    bits: assembler.output.firstBits ?? 16,
    lines: new LineTable(lines),
    symbols: new SymbolTable(symbols),
    diagnostics: [...diagnostics.items].sort(bySourceOrder(input.cache.found)),
    files: input.cache.found,
  };
}

/** Makes places of spans, one of each: the lines of macros are in thousands of chains. */
function places(): (span: Span) => Location {
  const made = new Map<Span, Location>();
  return (span) => {
    let found = made.get(span);
    if (!found) made.set(span, (found = place(span)));
    return found;
  };
}

const place = ({ file, line, column }: Location): Location => ({ file, line, column });

const sameLine = (a: Location, b: Location): boolean => a.file === b.file && a.line === b.line;

function sectionOf(value: Parameters<typeof resolve>[0]): string | undefined {
  const term = value.terms.find(({ of }) => typeof of !== 'number');
  return term && typeof term.of !== 'number' ? term.of.name : undefined;
}

import { LineTable, SymbolTable, type Assembly, type LineEntry } from '../program';

/** An assembled ROM as the build ships it: as JSON, small, with what the debugger asks of an assembly. */
export interface PackedRom {
  /** The bytes in base64. */
  readonly image: string;
  readonly files: readonly string[];
  readonly sections: readonly string[];
  /**
   * For each stretch: kind, bits, how far it lies after the end of the one before, how far its own address is from
   * where it lies, length, section, the number of places, and for each place file, line (from the one before), column.
   */
  readonly lines: readonly number[];
  /** Name, kind, value, section, file, line, column. */
  readonly symbols: readonly (readonly [string, number, number, number, number, number, number])[];
}

const KINDS = ['code', 'data', 'reserve'] as const;
const SYMBOL_KINDS = ['label', 'equ'] as const;

/** What `unpacked` reads. */
export function packed(assembly: Assembly): PackedRom {
  const { files, symbols } = assembly;
  const { entries } = assembly.lines;
  const sections = [...new Set(entries.map(({ section }) => section))];
  const lines: number[] = [];
  let end = 0;
  let lastLine = 0;
  for (const entry of entries) {
    const load = Number(entry.load);
    const { kind, bits, length, section, chain } = entry;
    const away = load - Number(entry.address);
    lines.push(KINDS.indexOf(kind), bits, load - end, away, length, sections.indexOf(section));
    lines.push(chain.length);
    end = load + length;
    for (const { file, line, column } of chain) {
      lines.push(files.indexOf(file), line - lastLine, column);
      lastLine = line;
    }
  }
  return {
    image: btoa(Array.from(assembly.image, (byte) => String.fromCharCode(byte)).join('')),
    files,
    sections,
    lines,
    symbols: symbols.all.map(({ name, kind, value, section, location }) => [
      name,
      SYMBOL_KINDS.indexOf(kind),
      Number(value),
      section === undefined ? -1 : sections.indexOf(section),
      files.indexOf(location.file),
      location.line,
      location.column,
    ]),
  };
}

/** The assembly of a ROM that was packed. */
export function unpacked(rom: PackedRom): Assembly {
  const { files, sections } = rom;
  return {
    image: Uint8Array.from(atob(rom.image), (c) => c.charCodeAt(0)),
    origin: 0n,
    hasOrigin: true,
    bits: 16,
    lines: new LineTable(entriesOf(rom)),
    symbols: new SymbolTable(
      rom.symbols.map(([name, kind, value, section, file, line, column]) => ({
        name,
        kind: SYMBOL_KINDS[kind] ?? 'equ',
        value: BigInt(value),
        section: sections[section],
        location: { file: files[file] ?? '', line, column },
      })),
    ),
    diagnostics: [],
    files,
  };
}

function entriesOf({ files, sections, lines }: PackedRom): LineEntry[] {
  const entries: LineEntry[] = [];
  let at = 0;
  const next = (): number => lines[at++] ?? 0;
  let end = 0;
  let line = 0;
  while (at < lines.length) {
    const kind = KINDS[next()] ?? 'data';
    const bits = next() as LineEntry['bits'];
    const load = end + next();
    const address = load - next();
    const length = next();
    const section = sections[next()] ?? '';
    const chain = Array.from({ length: next() }, () => {
      const file = files[next()] ?? '';
      line += next();
      return { file, line, column: next() };
    });
    end = load + length;
    entries.push({
      kind,
      bits,
      load: BigInt(load),
      address: BigInt(address),
      length,
      section,
      chain,
    });
  }
  return entries;
}

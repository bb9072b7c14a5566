import { LineTable, SymbolTable, type Assembly, type LineEntry } from '../program';

/** An assembled ROM as the build ships it: as JSON, small, with what the debugger asks of an assembly. */
export interface PackedRom {
  /** The bytes in base64. */
  readonly image: string;
  readonly files: readonly string[];
  readonly sections: readonly string[];
  /**
   * For each stretch: how often the following comes in a row; kind, bits, how far it lies after the end of the one
   * before, how far its own address is from where it lies, length, section, the number of places, and for each place
   * file, line (from the same of the stretch before), column.
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
  let linesBefore: readonly number[] = [];
  let before: readonly number[] = [];
  let count = 0;
  for (const entry of entries) {
    const load = Number(entry.load);
    const { kind, bits, length, section, chain } = entry;
    const away = load - Number(entry.address);
    const row = [KINDS.indexOf(kind), bits, load - end, away, length, sections.indexOf(section)];
    row.push(chain.length);
    end = load + length;
    chain.forEach(({ file, line, column }, at) => {
      row.push(files.indexOf(file), line - (linesBefore[at] ?? 0), column);
    });
    linesBefore = chain.map(({ line }) => line);
    if (row.length === before.length && row.every((value, at) => value === before[at])) {
      lines[count] = (lines[count] ?? 0) + 1;
    } else {
      count = lines.length;
      lines.push(1, ...row);
      before = row;
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

/** The assembly of a ROM that was packed. Lines and symbols are unpacked when somebody asks for them. */
export function unpacked(rom: PackedRom): Assembly {
  const { files } = rom;
  let lines: LineTable | undefined;
  let symbols: SymbolTable | undefined;
  return {
    image: Uint8Array.from(atob(rom.image), (c) => c.charCodeAt(0)),
    origin: 0n,
    hasOrigin: true,
    bits: 16,
    get lines() {
      return (lines ??= new LineTable(entriesOf(rom)));
    },
    get symbols() {
      return (symbols ??= symbolsOf(rom));
    },
    diagnostics: [],
    files,
  };
}

const symbolsOf = ({ symbols, sections, files }: PackedRom): SymbolTable =>
  new SymbolTable(
    symbols.map(([name, kind, value, section, file, line, column]) => ({
      name,
      kind: SYMBOL_KINDS[kind] ?? 'equ',
      value: BigInt(value),
      section: sections[section],
      location: { file: files[file] ?? '', line, column },
    })),
  );

function entriesOf({ files, sections, lines }: PackedRom): LineEntry[] {
  const entries: LineEntry[] = [];
  let at = 0;
  const next = (): number => lines[at++] ?? 0;
  let end = 0;
  let before: LineEntry['chain'] = [];
  let repeated = 0;
  let again = 0;
  while (at < lines.length || repeated > 0) {
    if (repeated === 0) {
      repeated = next();
      again = at;
    }
    repeated--;
    at = again;
    const kind = KINDS[next()] ?? 'data';
    const bits = next() as LineEntry['bits'];
    const load = end + next();
    const address = load - next();
    const length = next();
    const section = sections[next()] ?? '';
    const chain = Array.from({ length: next() }, (_, at) => {
      const file = files[next()] ?? '';
      const line = (before[at]?.line ?? 0) + next();
      return { file, line, column: next() };
    });
    before = chain;
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

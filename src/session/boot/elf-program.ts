import { DebugInfo, type FindSource, type ImageLayout } from '../../debug-info';
import { LineTable, SymbolTable, type Assembly, type LineEntry } from '../../program';
import { readElf, type ElfImage, type ElfSymbol } from './elf';

/** An ELF image, in the form in which assembled programs are, with what its compiler says of it. */
export interface ElfProgram extends Assembly {
  readonly debugInfo: DebugInfo;
}

/** What the compiler says of a program; undefined of those that were assembled here. */
export const debugInfoOf = (program: Assembly): DebugInfo | undefined =>
  (program as Partial<ElfProgram>).debugInfo;

/** What an ELF image tells of itself: symbols, and debug information, which is read when somebody asks. */
export function elfProgram(bytes: Uint8Array, file: string, findSource?: FindSource): ElfProgram {
  const elf = readElf(bytes);
  const { bits } = elf;
  const sorted = [...elf.symbols].sort((a, b) => (a.address < b.address ? -1 : 1));
  const location = { file, line: 0, column: 0 };
  const symbols = new SymbolTable(
    sorted.map(({ name, address: value }) => ({
      name,
      kind: 'label',
      value,
      section: '',
      location,
    })),
  );
  const layout = layoutOf(elf, symbols);
  const last = sorted.at(-1);
  const end = last ? last.address + BigInt(bytes.length) : 0n;
  const named = new LineTable(stretches(sorted, end, bits));
  const debugInfo = new DebugInfo(bytes, file, layout, findSource);
  const lines = debugInfo.linesBeside(named);
  return {
    image: bytes,
    origin: 0n,
    hasOrigin: false,
    bits,
    lines,
    symbols,
    diagnostics: [],
    get files() {
      return lines.files;
    },
    debugInfo,
  };
}

function layoutOf({ bits, segments }: ElfImage, symbols: SymbolTable): ImageLayout {
  return {
    bits,
    segments: segments.map(({ virtual, physical, inMemory }) => ({
      virtual,
      physical: BigInt(physical),
      size: BigInt(inMemory),
    })),
    functionAt: (address) => symbols.nearest(address)?.symbol.value,
  };
}

/** From each symbol to the next: stretches that have a name but no line. */
function stretches(symbols: readonly ElfSymbol[], end: bigint, bits: 32 | 64): LineEntry[] {
  return symbols.map(({ address, isCode }, n) => {
    const next = symbols[n + 1]?.address ?? end;
    return {
      kind: isCode ? 'code' : 'data',
      bits,
      compiled: 'instruction',
      load: address,
      address,
      length: Number(next - address),
      section: '',
      chain: [],
    };
  });
}

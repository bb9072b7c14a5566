import {
  LineTable,
  SymbolTable,
  type Assembly,
  type LineEntry,
  type SymbolInfo,
} from '../../program';
import { readElf, type ElfSymbol } from './elf';

/** What an ELF image tells of itself, in the form in which assembled programs do: symbols, no lines. */
export function elfProgram(bytes: Uint8Array, file: string): Assembly {
  const { bits, symbols } = readElf(bytes);
  const location = { file, line: 0, column: 0 };
  const sorted = [...symbols].sort((a, b) => (a.address < b.address ? -1 : 1));
  const infos = sorted.map(({ name, address }): SymbolInfo => ({
    name,
    kind: 'label',
    value: address,
    section: '',
    location,
  }));
  const last = sorted.at(-1);
  const end = last ? last.address + BigInt(bytes.length) : 0n;
  return {
    image: bytes,
    origin: 0n,
    hasOrigin: false,
    bits,
    lines: new LineTable(stretches(sorted, end, bits)),
    symbols: new SymbolTable(infos),
    diagnostics: [],
    files: [],
  };
}

/** From each symbol to the next: stretches that have a name but no line. */
function stretches(symbols: readonly ElfSymbol[], end: bigint, bits: 32 | 64): LineEntry[] {
  return symbols.map(({ address }, n) => {
    const next = symbols[n + 1]?.address ?? end;
    return {
      kind: 'data',
      bits,
      load: address,
      address,
      length: Number(next - address),
      section: '',
      chain: [],
    };
  });
}

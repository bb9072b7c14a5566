import { LineTable, SymbolTable, type Assembly } from '../../program';
import { isElf } from './elf';
import { elfProgram } from './elf-program';

/** What is known of an image without its sources: the symbols of an ELF image, of others nothing. */
export const programOfImage = (bytes: Uint8Array, file: string): Assembly =>
  isElf(bytes) ? elfProgram(bytes, file) : nameless(bytes);

const nameless = (image: Uint8Array): Assembly => ({
  image,
  origin: 0n,
  hasOrigin: false,
  bits: 16,
  lines: new LineTable([]),
  symbols: new SymbolTable([]),
  diagnostics: [],
  files: [],
});

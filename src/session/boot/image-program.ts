import type { FindSource } from '../../debug-info';
import { LineTable, SymbolTable, type Assembly } from '../../program';
import { isElf } from './elf';
import { elfProgram } from './elf-program';

/**
 * What is known of an image without its sources: of an ELF image its symbols and debug information, of others nothing.
 *
 * @param findSource of the places where a source may lie, the one at which it can be opened
 */
export const programOfImage = (
  bytes: Uint8Array,
  file: string,
  findSource?: FindSource,
): Assembly => (isElf(bytes) ? elfProgram(bytes, file, findSource) : nameless(bytes));

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

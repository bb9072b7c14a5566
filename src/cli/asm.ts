import { assembleFile } from './assemble';
import { writeOutput } from './files';
import type { Assembly } from '../program';

export interface AsmOptions {
  readonly o: string;
  readonly map?: string;
  readonly D: readonly string[];
  readonly I: readonly string[];
}

/** `ringside asm`: 0, or 2 when the source has errors. */
export async function assembleCommand(file: string, options: AsmOptions): Promise<number> {
  const defines = Object.fromEntries(
    options.D.map((text) => {
      const at = text.indexOf('=');
      return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  const assembly = await assembleFile(file, { defines, includeDirs: options.I });
  if (!assembly) return 2;
  await writeOutput(options.o, assembly.image);
  if (options.map !== undefined) await writeOutput(options.map, mapOf(assembly));
  return 0;
}

const hex = (value: bigint): string => `0x${BigInt.asUintN(64, value).toString(16)}`;

/** Symbols and lines as JSON; addresses are hexadecimal strings. */
function mapOf(assembly: Assembly): string {
  return JSON.stringify(
    {
      origin: hex(assembly.origin),
      symbols: assembly.symbols.all.map((s) => ({ ...s, value: hex(s.value) })),
      lines: assembly.lines.entries.map(({ load, address, ...rest }) => ({
        load: hex(load),
        address: hex(address),
        ...rest,
      })),
    },
    undefined,
    1,
  );
}

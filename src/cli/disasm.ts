import { once } from 'node:events';
import { Disassembler, type DisassembledRow } from '../program';
import { usageError } from './errors';
import { readImage } from './files';

/** `ringside disasm`: one line for each instruction of a flat image. */
export async function disassembleCommand(
  file: string,
  options: { bits: string; org: string },
): Promise<number> {
  const bytes = await readImage(file);
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(options.org))
    throw usageError(`no address: --org ${options.org}`);
  const disassembler = new Disassembler();
  const rows = disassembler.disassemble(
    bytes,
    Number(options.bits) as 16 | 32 | 64,
    BigInt(options.org),
  );
  // No faster than it is read: the reader may have enough after a few lines.
  for (const row of rows)
    if (!process.stdout.write(lineOf(row))) await once(process.stdout, 'drain');
  disassembler.free();
  return 0;
}

function lineOf({ address, bytes, text }: DisassembledRow): string {
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return `${address.toString(16).padStart(8, '0')}  ${hex.padEnd(20)}  ${text}\n`;
}

import { Disassembler } from '../program';
import { usageError } from './errors';
import { readInput } from './files';

/** `ringside disasm`: one line for each instruction of a flat image. */
export async function disassembleCommand(
  file: string,
  options: { bits: string; org: string },
): Promise<number> {
  const bytes = await readInput(file);
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(options.org))
    throw usageError(`no address: --org ${options.org}`);
  const disassembler = new Disassembler();
  const rows = disassembler.disassemble(
    bytes,
    Number(options.bits) as 16 | 32 | 64,
    BigInt(options.org),
  );
  for (const { address, bytes: code, text } of rows) {
    const hex = [...code].map((b) => b.toString(16).padStart(2, '0')).join('');
    process.stdout.write(`${address.toString(16).padStart(8, '0')}  ${hex.padEnd(20)}  ${text}\n`);
  }
  disassembler.free();
  return 0;
}

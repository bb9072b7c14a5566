import { assemble, FileTrouble, type Assembly, type SourceFiles } from '../program';
import type { Rom } from './roms';

/** The firmware's sources as text, by their names. */
export type FirmwareSources = Readonly<Record<string, string>>;

/** `__DATE__` and its kin must not make one build differ from the next. */
const NOW = new Date(0);

/**
 * Assembles a ROM. The line table tells physical addresses as `load`, offsets in the ROM's segment as `address`.
 * Rejects with the diagnostics when the sources have errors or do not fill the ROM exactly.
 */
export async function assembleFirmware(rom: Rom, sources: FirmwareSources): Promise<Assembly> {
  const encoder = new TextEncoder();
  const files: SourceFiles = {
    read: (path) => {
      const text = sources[path];
      return text === undefined
        ? Promise.reject(new FileTrouble('missing'))
        : Promise.resolve(encoder.encode(text));
    },
  };
  const assembly = await assemble(rom.file, files, { now: NOW });
  const errors = assembly.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const lines = errors.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    throw new Error(lines.join('\n'));
  }
  if (assembly.image.length !== rom.size)
    throw new Error(`${rom.file} makes ${assembly.image.length} bytes in place of ${rom.size}`);
  return {
    ...assembly,
    image: withChecksums(assembly),
    lines: assembly.lines.loadedElsewhere(BigInt(rom.address)),
  };
}

/**
 * Checksums are bytes that make a sum of bytes 0. A table tells by its labels what is summed: from `name` up to
 * `name.end`, the checksum at `name.checksum`; the last byte of a ROM makes the sum of all its bytes 0, as whoever looks
 * for option ROMs may check.
 */
export function withChecksums({ image, symbols }: Pick<Assembly, 'image' | 'symbols'>): Uint8Array {
  const rom = image.slice();
  const balance = (first: number, end: number, at: number): void => {
    rom[at] = 0;
    rom[at] = -rom.subarray(first, end).reduce((sum, byte) => (sum + byte) & 0xff, 0);
  };
  const offset = (name: string): number | undefined => {
    const value = symbols.get(name)?.value;
    return value === undefined ? undefined : Number(value);
  };
  for (const { name, value } of symbols.all) {
    if (!name.endsWith(CHECKSUM)) continue;
    const table = name.slice(0, -CHECKSUM.length);
    const [first, end] = [offset(table), offset(`${table}.end`)];
    if (first !== undefined && end !== undefined) balance(first, end, Number(value));
  }
  balance(0, rom.length, rom.length - 1);
  return rom;
}

const CHECKSUM = '.checksum';

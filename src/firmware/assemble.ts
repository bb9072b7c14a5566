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
    image: withChecksum(assembly.image),
    lines: assembly.lines.loadedElsewhere(BigInt(rom.address)),
  };
}

/** The last byte of a ROM is what makes the sum of all bytes 0: whoever looks for option ROMs may check it. */
function withChecksum(image: Uint8Array): Uint8Array {
  const rom = image.slice();
  const last = rom.length - 1;
  rom[last] = 0;
  rom[last] = -rom.reduce((sum, byte) => (sum + byte) & 0xff, 0);
  return rom;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { assembleFirmware, withChecksums } from '../../src/firmware/assemble';
import { ROMS } from '../../src/firmware/roms';
import { firmwareSources } from '../../scripts/build/firmware-files';

/** Whether NASM makes the same ROMs of the firmware's sources as our assembler: `npm run compare:nasm`. */
async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ringside-nasm-'));
  for (const rom of ROMS) {
    const source = resolve(__dirname, '../../src', rom.file);
    const output = join(folder, rom.name);
    execFileSync('nasm', ['-f', 'bin', '-i', `${dirname(source)}/`, source, '-o', output]);
    const { image, symbols } = await assembleFirmware(rom, firmwareSources());
    // Checksums are what no assembler makes.
    const theirs = withChecksums({ image: readFileSync(output), symbols });
    const at = image.findIndex((byte, offset) => byte !== theirs[offset]);
    const same = at < 0 && theirs.length === image.length;
    const verdict = same ? 'the same' : `another byte at 0x${at.toString(16)}`;
    process.stdout.write(`${rom.name}: ${String(image.length)} bytes, ${verdict}\n`);
    if (!same) process.exitCode = 1;
  }
  rmSync(folder, { recursive: true });
}

void main();

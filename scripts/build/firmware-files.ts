import { readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { SOURCE_FOLDER } from './monitor-files';

const FIRMWARE_FOLDER = 'firmware';

/** All sources of the firmware by name ('firmware/bios/bios.asm'), as the reader wrote them. */
export function firmwareSources(): Record<string, string> {
  const folder = join(SOURCE_FOLDER, FIRMWARE_FOLDER);
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.asm'))
    .sort();
  return Object.fromEntries(
    names.map((name) => [
      `${FIRMWARE_FOLDER}/${name.replaceAll(sep, '/')}`,
      readFileSync(join(folder, name), 'utf8'),
    ]),
  );
}

import { PNG } from 'pngjs';
import { pixelsOf } from '../machine/screen/pixels';
import { screenOf } from '../machine/screen/screen';
import { textOf } from '../machine/screen/text';
import type { Platform } from '../machine/platform';

/**
 * What the screen shows, as the contents of a file: text of a text mode, a PNG of graphics; a PNG of
 * both where the file's name asks for one.
 */
export function screenFile({ vga }: Platform, path: string): Uint8Array | string {
  const screen = screenOf(vga);
  if (screen.kind === 'text' && !/\.png$/i.test(path)) {
    return `${textOf(screen).join('\n').trimEnd()}\n`;
  }
  const { width, height, rgba } = pixelsOf(screen);
  const png = new PNG({ width, height });
  png.data.set(rgba);
  return PNG.sync.write(png);
}

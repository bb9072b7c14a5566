import { imageFrom, imageOf, UnloadableImage, type BootImage } from '../session';
import { assembleFile } from './assemble';
import { notBuiltYet } from './errors';
import { readInput } from './files';

/** Reads an image; undefined when a source file has errors (they have been printed). */
export async function loadImage(path: string): Promise<BootImage | undefined> {
  if (/\.(asm|nasm|s)$/i.test(path)) {
    const assembly = await assembleFile(path);
    return assembly && imageOf(assembly);
  }
  try {
    return imageFrom(await readInput(path));
  } catch (error) {
    if (error instanceof UnloadableImage) notBuiltYet(error.format);
    throw error;
  }
}

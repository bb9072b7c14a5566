import type { Assembly } from '../program';
import { asLoaded, imageFrom, imageOf, UnloadableImage, type BootImage } from '../session';
import { assembleFile } from './assemble';
import { notBuiltYet, usageError } from './errors';
import { readImage } from './files';

/** An image, with what is known of its source. */
export interface LoadedImage {
  readonly image: BootImage;
  readonly program?: Assembly;
}

/** Reads an image; undefined when a source file has errors (they have been printed). */
export async function loadImage(path: string): Promise<LoadedImage | undefined> {
  if (/\.(asm|nasm|s)$/i.test(path)) {
    const assembly = await assembleFile(path);
    if (assembly?.image.length === 0) throw usageError(`${path}: gives not one byte of code`);
    return assembly && { image: imageOf(assembly), program: asLoaded(assembly) };
  }
  try {
    return { image: imageFrom(await readImage(path)) };
  } catch (error) {
    if (error instanceof UnloadableImage) notBuiltYet(error.format);
    throw error;
  }
}

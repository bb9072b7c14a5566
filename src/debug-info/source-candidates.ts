import { isAbsolutePath } from './lines/line-header';

/**
 * Where the source may lie that a compiler has called by a path: there; or, where the image has come from another
 * computer or folder, beside the image, under as much of the path as there is.
 */
export function sourceCandidates(path: string, image: string): string[] {
  const folder = image.slice(0, image.search(/[^/\\]*$/));
  const parts = path.split('/').filter((part) => part !== '' && !/^[a-z]:$/i.test(part));
  const beside = parts.map((_, n) => `${folder}${parts.slice(n).join('/')}`);
  const nearest = beside.slice(-DEEPEST);
  return isAbsolutePath(path) ? [path, ...nearest] : nearest;
}

/** So many folders above the file are tried. */
const DEEPEST = 4;

import { normalize } from './candidate-paths';
import type { SourceFiles } from './source-files';

/**
 * What all names of one file have in common: without `.` and `..`, and with its links resolved where the file system
 * can tell. Names are compared by this and nothing else.
 */
export const fileIdentity = (files: SourceFiles, path: string): string =>
  files.identity?.(path) ?? normalize(path.replaceAll('\\', '/'));

/** A file's name without `.` and `..`, where it still means the same file: behind a link, `..` leads elsewhere. */
export function plainName(files: SourceFiles, path: string): string {
  const plain = normalize(path.replaceAll('\\', '/'));
  return fileIdentity(files, plain) === fileIdentity(files, path) ? plain : path;
}

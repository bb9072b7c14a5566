import { debugInfoOf } from '../../session';
import type { Assembly, SourceFiles } from '../../program';

/** So many sources are read whole, so that recordings have them; of more it is only seen that they are there. */
const MOST_READ = 500;

/**
 * Finds out which of the sources that a compiler has named there are here.
 *
 * @returns what of the debug information is damaged, for people
 */
export async function findSources(
  program: Assembly,
  files: SourceFiles,
): Promise<string | undefined> {
  const info = debugInfoOf(program);
  let found = 0;
  await info?.findSources(async (path) => {
    const read = found < MOST_READ ? files.read(path) : touch(path, files);
    const isThere = await read.then(
      () => true,
      () => false,
    );
    if (isThere) found++;
    return isThere;
  });
  return info?.trouble;
}

/** Reads as little of a file as shows that it is there. */
const touch = (path: string, files: SourceFiles): Promise<unknown> =>
  files.readPart?.(path, { offset: 0, length: 1 }) ?? files.read(path);

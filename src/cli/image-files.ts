import { constants } from 'node:fs';
import { access, chmod, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ImageFiles } from '../session';
import { codeOf } from './disk-files';

/** Image files on the disk that a guest may write. A link stays; what it leads to is replaced. */
export const imageFiles: ImageFiles = {
  obstacle: async (path) => {
    try {
      const file = await realpath(path);
      if (!(await stat(file)).isFile()) return 'EISDIR';
      await access(file, constants.W_OK);
      await access(dirname(file), constants.W_OK);
      return undefined;
    } catch (error) {
      return codeOf(error);
    }
  },
  identity: (path) => realpath(path),
  replace: async (path, before, after) => {
    try {
      const file = await realpath(path);
      if (!Buffer.from(before).equals(await readFile(file))) return 'changed';
      await replace(file, after);
      return undefined;
    } catch (error) {
      return codeOf(error);
    }
  },
};

/** Writes beside and renames: after a crash there is the old file or the new one. */
async function replace(file: string, content: Uint8Array): Promise<void> {
  const { mode } = await stat(file);
  const partial = `${file}.${String(process.pid)}.part`;
  try {
    const handle = await open(partial, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(partial, mode); // whatever the umask is
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

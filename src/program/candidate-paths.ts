const isAbsolute = (path: string): boolean =>
  /^([/\\]|[A-Za-z]:[/\\]|[A-Za-z][\w+.-]+:)/.test(path);

function folderOf(path: string): string {
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return cut < 0 ? '' : path.slice(0, cut + 1);
}

/** `folder/../x` without the detour; works on paths and on URIs. */
export function normalize(path: string): string {
  const parts = path.split('/');
  const out: string[] = [];
  for (const part of parts) {
    if (part === '.' && out.length > 0) continue;
    const last = out[out.length - 1];
    if (
      part === '..' &&
      last !== undefined &&
      last !== '' &&
      last !== '..' &&
      !last.endsWith(':')
    ) {
      if (last === '.') out[out.length - 1] = '..';
      else out.pop();
    } else out.push(part);
  }
  return out.join('/');
}

/**
 * The places to look for `name`: beside the including file, beside the entry, then the include folders. The folder
 * '' is the working folder, in which NASM looks, too.
 */
export function candidatePaths(
  name: string,
  from: string,
  entry: string,
  folders: readonly string[],
): string[] {
  if (isAbsolute(name)) return [name];
  const joined = [from, entry].map((file) => folderOf(file) + name);
  for (const folder of folders)
    joined.push(folder === '' || /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`);
  return [...new Set(joined.map(normalize))];
}

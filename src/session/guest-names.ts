/** What guests are called after their files: without the ending, with the folder where that is not enough. */
export function guestNames(files: readonly string[]): string[] {
  const short = files.map(baseName);
  const longer = files.map((file, n) =>
    isUnique(short, n) ? (short[n] ?? '') : [folderOf(file), short[n]].filter(Boolean).join('/'),
  );
  return longer.map((name, n) => {
    const before = longer.slice(0, n).filter((each) => each === name).length;
    return before === 0 ? name : `${name} ${String(before + 1)}`;
  });
}

const isUnique = (names: readonly string[], n: number): boolean =>
  names.filter((each) => each === names[n]).length === 1;

const parts = (file: string): string[] => file.split(/[/\\]/).filter((part) => part !== '');

const baseName = (file: string): string =>
  (parts(file).at(-1) ?? file).replace(/(.)\.[^.]*$/, '$1');

const folderOf = (file: string): string => parts(file).at(-2) ?? '';

/** The name itself, or with the first number behind it with which it is not taken: 'kernel-2.asm'. */
export async function freeName(
  wanted: string,
  isTaken: (name: string) => Promise<boolean>,
): Promise<string> {
  const [, stem = wanted, extension = ''] = /^(.+?)(\.\w+)?$/.exec(wanted) ?? [];
  let name = wanted;
  for (let number = 2; await isTaken(name); number++) name = `${stem}-${number}${extension}`;
  return name;
}

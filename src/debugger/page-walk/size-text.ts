/** The size of a page as people say it: '4 KB', '2 MB', '1 GB'. @param shift its log2 */
export function sizeText(shift: number): string {
  if (shift >= 30) return `${String(2 ** (shift - 30))} GB`;
  return shift >= 20 ? `${String(2 ** (shift - 20))} MB` : `${String(2 ** (shift - 10))} KB`;
}

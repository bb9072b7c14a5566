/** Transfer modes as SET FEATURES names them (ATA/ATAPI-6 8.46.2): bits 7:3 the kind, bits 2:0 the number. */

const Kind = { PIO: 0, PIO_FLOW: 1, MULTIWORD: 4, ULTRA: 8 } as const;
/** The highest number of each kind. */
const MOST: Readonly<Record<number, number>> = {
  [Kind.PIO]: 1,
  [Kind.PIO_FLOW]: 4,
  [Kind.MULTIWORD]: 2,
  [Kind.ULTRA]: 5,
};

/** Ultra DMA mode 5. */
export const INITIAL_DMA_MODE = (Kind.ULTRA << 3) | 5;

/** Whether a drive has a mode. */
export const isTransferMode = (mode: number): boolean => (mode & 7) <= (MOST[mode >> 3] ?? -1);

/** The DMA mode after one was chosen: PIO modes leave it as it is. */
export const dmaModeAfter = (present: number, chosen: number): number =>
  chosen >> 3 >= Kind.MULTIWORD ? chosen : present;

/** Words 63 and 88 of IDENTIFY DEVICE: the modes that there are, and from bit 8 on the one that is chosen. */
export function dmaWords(mode: number): { readonly multiword: number; readonly ultra: number } {
  const word = (kind: number): number => {
    const selected = mode >> 3 === kind ? 0x100 << (mode & 7) : 0;
    return selected | (2 ** ((MOST[kind] ?? 0) + 1) - 1);
  };
  return { multiword: word(Kind.MULTIWORD), ultra: word(Kind.ULTRA) };
}

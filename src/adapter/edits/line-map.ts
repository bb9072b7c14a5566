import { diffLines } from 'diff';

/** Lines that both texts have, one after the other. */
interface Common {
  readonly assembled: number;
  readonly present: number;
  readonly count: number;
}

/** Which lines of a file, as it reads now, are those that were assembled. Lines count from 1. */
export class LineMap {
  private readonly common: Common[] = [];

  constructor(assembled: string, present: string) {
    const at = { assembled: 1, present: 1 };
    for (const { count, added, removed } of diffLines(ended(assembled), ended(present))) {
      if (!added && !removed) this.common.push({ ...at, count });
      if (!added) at.assembled += count;
      if (!removed) at.present += count;
    }
  }

  /** Where an assembled line stands now; one that is gone is where it was: at the line that has come in its place. */
  toPresent(line: number): number {
    return moved(this.common, line, 'assembled', 'present');
  }

  /** Whether an assembled line is there no more. */
  lacks(line: number): boolean {
    return !this.common.some(
      ({ assembled, count }) => line >= assembled && line < assembled + count,
    );
  }

  /** The assembled line of a present one; of a new one the line that it stands before. */
  toAssembled(line: number): number {
    return moved(this.common, line, 'present', 'assembled');
  }
}

type Side = 'assembled' | 'present';

function moved(common: readonly Common[], line: number, from: Side, to: Side): number {
  let behind = 1;
  for (const stretch of common) {
    const distance = line - stretch[from];
    if (distance < 0) break;
    if (distance < stretch.count) return stretch[to] + distance;
    behind = stretch[to] + stretch.count;
  }
  return behind;
}

/** Whether the last line is ended makes no other line of it. */
const ended = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
